"""Fixed shifts as exceptions, and exceptions around them."""

from gateway.importers.oncall.model.schedule import ExceptionRecord, Span
from gateway.importers.oncall.read.fixed_shifts import fixed_shifts, without


def test_the_person_who_leads_goes_on_while_others_come_and_go() -> None:
    """One shift is one exception, in any order of the list."""
    spans = [Span("ben", 10, 20), Span("ana", 0, 30)]
    assert fixed_shifts(0, 40, spans) == [
        ExceptionRecord("ana", 0, 30),
        ExceptionRecord(None, 30, 40),
        ExceptionRecord("ben", 10, 20, beside=True),
    ]


def test_the_next_person_takes_over_from_the_one_who_leaves() -> None:
    """Somebody who is beside another one leads when that one's shift is over."""
    spans = [Span("ana", 0, 10), Span("ben", 5, 20)]
    assert fixed_shifts(0, 20, spans) == [
        ExceptionRecord("ana", 0, 10),
        ExceptionRecord("ben", 10, 20),
        ExceptionRecord("ben", 5, 10, beside=True),
    ]


def test_exceptions_are_cut_where_they_do_not_count() -> None:
    """What lies outside of the removed stretches stays, in pieces."""
    one = ExceptionRecord("ana", 0, 100, replaces="ben")
    parts = list(without([one], [(50, 60), (10, 20), (90, 200)]))
    assert [(part.start, part.end) for part in parts] == [(0, 10), (20, 50), (60, 90)]
    assert {part.replaces for part in parts} == {"ben"}

"""Fixed shifts that replace everything else for a time, as exceptions of a schedule."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gateway.importers.oncall.model.schedule import ExceptionRecord, Span


def fixed_shifts(start: float, end: float, spans: Sequence[Span]) -> list[ExceptionRecord]:
    """Return exceptions with which exactly these people are on call in [start, end).

    Where several are, one takes over and the others are beside; where nobody is, it is a gap.
    """
    edges = {start, end}
    edges.update(edge for one in spans for edge in (one.start, one.end) if start < edge < end)
    leads: list[ExceptionRecord] = []
    beside: list[ExceptionRecord] = []
    for opens, closes in pairwise(sorted(edges)):
        people = [one.person for one in spans if one.start <= opens and one.end >= closes]
        people = list(dict.fromkeys(people))
        last = leads[-1].person if leads else None
        # The person who leads already goes on, so that one shift is one exception.
        lead = last if last in people else next(iter(people), None)
        _extend(leads, ExceptionRecord(lead, opens, closes))
        for person in people:
            if person != lead:
                _extend(beside, ExceptionRecord(person, opens, closes, beside=True))
    return [*leads, *beside]


def _extend(exceptions: list[ExceptionRecord], one: ExceptionRecord) -> None:
    """Add an exception, or prolong one of the same person that it follows."""
    for at, other in enumerate(exceptions):
        if other.person == one.person and other.end == one.start:
            exceptions[at] = replace(other, end=one.end)
            return
    exceptions.append(one)


def without(
    exceptions: Iterable[ExceptionRecord], removed: Sequence[tuple[float, float]]
) -> Iterator[ExceptionRecord]:
    """Yield the parts of exceptions that lie outside of the stretches `removed`."""
    for one in exceptions:
        start = one.start
        for opens, closes in sorted(removed):
            if closes <= start or opens >= one.end:
                continue
            if opens > start:
                yield replace(one, start=start, end=opens)
            start = max(start, closes)
        if start < one.end:
            yield replace(one, start=start)

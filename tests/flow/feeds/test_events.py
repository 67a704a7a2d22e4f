"""Events of feeds, and what stays the same when the schedule changes."""

from dataclasses import replace

from gateway.config.load import load
from gateway.core.oncall.types import Override
from gateway.core.plan.plan import Plan
from gateway.flow.feeds.subject import FeedKind, FeedSubject, parse_subject, subjects
from tests.flow.feeds.planned_feed import planned_feed

NOW = 1_795_000_000.0  # 2026-11-18T11:06:40Z, a Wednesday
DAY = 86400.0

ROUTES = """\
people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com}
  cho: {name: Cho, email: cho@example.com}
  dee: {name: Dee, email: dee@example.com}
rotas:
  billing:
    timezone: Europe/Berlin
    layers: [{members: [[ana, ben], cho], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]
  platform:
    layers: [{members: [cho], start: 2026-01-05}]
receivers: [{name: nobody}]
route: {receiver: nobody}
"""
PLAN = load(ROUTES, env={}).plan
BILLING, CHO = FeedSubject(FeedKind.ROTA, "billing"), FeedSubject(FeedKind.PERSON, "cho")


def with_change(override: Override) -> Plan:
    rota = replace(PLAN.rotas["billing"], changes=(override,))
    return replace(PLAN, rotas={**PLAN.rotas, "billing": rota})


def test_feed_of_a_rota_has_an_event_for_each_person_of_a_turn() -> None:
    """Two people on call together are two events, each with one name."""
    events = planned_feed(PLAN, BILLING, NOW)
    first = next(one.start for one in events if one.person == "ana")
    same_start = [one for one in events if one.start == first]
    assert [one.summary for one in same_start] == ["Ana (billing)", "Ben (billing)"]
    assert [one.person for one in same_start] == ["ana", "ben"]
    assert len({one.uid for one in events}) == len(events)


def test_feed_of_a_person_has_their_shifts_in_every_rota() -> None:
    """It names the rota, because everything in it is the same person's."""
    events = planned_feed(PLAN, CHO, NOW)
    assert {one.person for one in events} == {"cho"}
    assert {one.summary for one in events} == {"On call: billing", "On call: platform"}


def test_another_person_or_another_end_changes_no_uid() -> None:
    """A replaced person and a shift that ends earlier are changes of known events."""
    before = planned_feed(PLAN, BILLING, NOW)
    turn = next(one for one in before if one.person == "cho" and one.start > NOW)
    whole = Override(member="dee", start=turn.start, end=turn.end)
    after = planned_feed(with_change(whole), BILLING, NOW)
    assert {one.start: one.uid for one in after}[turn.start] == turn.uid
    late = Override(member="dee", start=turn.end - DAY, end=turn.end)
    shorter = next(
        one for one in planned_feed(with_change(late), BILLING, NOW) if one.uid == turn.uid
    )
    assert (shorter.start, shorter.end) == (turn.start, turn.end - DAY)


def test_every_event_says_that_it_is_for_planning() -> None:
    """A reader of one event is warned that it may be hours old."""
    for event in planned_feed(PLAN, BILLING, NOW):
        assert "For planning only" in event.description


def test_event_lasts_whole_seconds() -> None:
    """iCalendar has no fractions: an override of half a second is left out."""
    override = Override(member="dee", start=NOW + 100.2, end=NOW + 100.7)
    events = planned_feed(with_change(override), BILLING, NOW)
    assert all(one.start < one.end for one in events)


def test_subjects_are_rotas_and_then_people() -> None:
    """Each has a text that names it, and that is read back."""
    texts = [str(one) for one in subjects(PLAN)]
    assert texts == [
        "rota:billing",
        "rota:platform",
        "person:ana",
        "person:ben",
        "person:cho",
        "person:dee",
    ]
    assert [parse_subject(text) for text in texts] == subjects(PLAN)

"""A feed that the gateway publishes, read as a rota, gives the same schedule."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone import tzp

from gateway.calendars.planned import PlannedCalendar
from gateway.calendars.read import read_calendar
from gateway.calendars.write import write_calendar
from gateway.core.oncall import planned
from gateway.core.oncall.calendar_events import CalendarCopy
from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.rota import Rota, on_call, shifts
from gateway.core.plan.calendars import CalendarKey, with_calendars
from gateway.core.plan.person import Person
from gateway.flow.feeds.subject import FeedKind, FeedSubject
from tests.core.random_rotas import PEOPLE, rotas
from tests.examples import examples
from tests.flow.feeds.planned_feed import planned_feed
from tests.flow.feeds.test_events import PLAN

DAY = 86400.0
BILLING = FeedSubject(FeedKind.ROTA, "billing")
ZONES = (
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Europe/Berlin",
)


@pytest.fixture(scope="module", autouse=True)
def weeks_ahead() -> Iterator[None]:
    """Publish three weeks instead of a year: an hourly rota has too many shifts to read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planned, "AHEAD", 21 * DAY)
        yield


def published(rota: Rota, now: float) -> bytes:
    """Return the feed of a rota."""
    plan = replace(PLAN, rotas={"billing": rota})
    events = planned_feed(plan, BILLING, now)
    return write_calendar(
        PlannedCalendar("c@on-call", "billing", "", "https://x.example.com", 1, 0, events)
    )


def read_as_rota(raw: bytes, zone: str, start: float, end: float) -> Rota:
    """Return a rota that reads the feed."""
    tzp.use_zoneinfo()
    read = read_calendar(raw, zone, start, end)
    assert not read.problems
    layer = EventLayer("feed.ics")
    people = {id_: Person(id_, f"Somebody named {id_}") for id_ in (*PEOPLE, "eli")}
    plan = replace(PLAN, rotas={"billing": Rota("billing", zone, (layer,))}, people=people)
    copy = CalendarCopy(read.events, start, end)
    installed = with_calendars(plan, {CalendarKey("feed.ics", zone): copy})
    assert not any(installed.unknown.values())
    return installed.plan.rotas["billing"]


@settings(deadline=None, max_examples=examples(25))
@given(rotas(), st.sampled_from(ZONES), st.integers(0, 10))
def test_published_feed_read_as_a_rota_gives_the_same_schedule(
    drawn: tuple[Rota, float], zone: str, day: int
) -> None:
    """At every edge of either schedule the same people are on call, in any zone."""
    rota, midnight = drawn
    rota = replace(rota, zone=zone)
    start = midnight - DAY + day * 3600
    end = start + 14 * DAY
    again = read_as_rota(published(rota, midnight), zone, start, end)
    expected, result = shifts(rota, start, end), shifts(again, start, end)
    instants = {one.start for one in (*expected, *result)}
    instants |= {(one.start + one.end) / 2 for one in (*expected, *result)}
    for at in sorted(instants):
        assert set(on_call(again, at)) == set(on_call(rota, at))


@pytest.mark.parametrize("zone", ZONES)
def test_clock_changes_survive_the_round_trip(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """A year of weekly turns, in zones whose clocks change by half an hour or in Ramadan."""
    monkeypatch.setattr(planned, "AHEAD", 366 * DAY)
    rota = replace(PLAN.rotas["billing"], zone=zone)
    now = 1_795_000_000.0
    again = read_as_rota(published(rota, now), zone, now, now + 300 * DAY)
    expected = [(one.start, one.end, set(one.people)) for one in shifts(rota, now, now + 300 * DAY)]
    result = [(one.start, one.end, set(one.people)) for one in shifts(again, now, now + 300 * DAY)]
    assert result == expected

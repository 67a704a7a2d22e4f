"""A whole gateway with calendars: what is read, stored and believed, and who is on call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from icalendar.timezone import tzp

from gateway.calendars.events import ReadCalendar
from gateway.calendars.process import ReadRequest
from gateway.calendars.read import read_calendar
from gateway.core.oncall.rota import explain, on_call
from gateway.flow.calendars import calendars as module
from gateway.flow.engine import Engine
from gateway.store import StoreUnavailableError
from tests.fakes.calendar import FakeCalendarServer
from tests.fakes.server import Behaviour
from tests.flow.world import DAY, ENV, HOUR, MINUTE, ROUTES, START, World, alert

ROTA = (
    """    layers: [{members: [ana], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]"""
)
CALENDAR = '    ical: "${BILLING_CALENDAR}"'
WITH_CALENDAR = ROUTES.replace(ROTA, CALENDAR)

SHIFTS = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:ana
DTSTART;TZID=Europe/Berlin:20261102T090000
DTEND;TZID=Europe/Berlin:20261109T090000
RRULE:FREQ=WEEKLY
SUMMARY:{name}
END:VEVENT
END:VCALENDAR
"""
EMPTY = "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n"


async def read_here(request: ReadRequest) -> ReadCalendar:
    """Read a calendar in this process: starting others is tested by itself."""
    tzp.use_zoneinfo()
    return read_calendar(request.raw, request.zone, request.start, request.end)


@asynccontextmanager
async def running(
    url: str, server: FakeCalendarServer, routes: str = WITH_CALENDAR
) -> AsyncIterator[World]:
    """Yield a world whose rota reads the calendar of the server."""
    env = {**ENV, "BILLING_CALENDAR": f"{server.url}/private-token/basic.ics"}
    world = World(url, routes, env)
    try:
        engine = await world.start()
        engine.calendars.read_apart = read_here
        yield world
    finally:
        await world.close()


@pytest.fixture
async def server() -> AsyncIterator[FakeCalendarServer]:
    async with FakeCalendarServer(SHIFTS.format(name="Ana")) as fake:
        yield fake


@pytest.fixture
async def world(tmp_path: Path, server: FakeCalendarServer) -> AsyncIterator[World]:
    async with running(f"sqlite:///{tmp_path}/gateway.db", server) as world:
        yield world


async def after(world: World, seconds: float) -> None:
    """Let time pass, and the calendars be read if they are due."""
    world.now += seconds
    await world.engine.calendars.round()


def people(engine: Engine) -> tuple[str, ...]:
    return on_call(engine.plan.rotas["billing"], engine.now())


def problem(engine: Engine) -> str:
    """Return what /readyz says of the calendar; empty if it is well."""
    (health,) = [one for one in engine.problems() if one.component.startswith("calendar ")]
    return "" if health.ok else health.text


async def test_calendar_says_who_is_on_call_soon_after_the_start(
    world: World, server: FakeCalendarServer
) -> None:
    """Unknown before the first reading, which a round makes; then Ana is paged."""
    assert explain(world.engine.plan.rotas["billing"], world.now).unknown
    await after(world, 0)
    assert people(world.engine) == ("ana",)
    await world.post(alert())
    delivered = await world.advance(MINUTE)
    assert "email:ana@example.com" in {one.to for one in delivered}


async def test_calendar_is_read_every_five_minutes_and_304_changes_nothing(
    world: World, server: FakeCalendarServer
) -> None:
    """The plan stays the same object, so nothing else is done again."""
    await after(world, 0)
    plan = world.engine.plan
    await after(world, 4 * MINUTE)
    assert len(server.received) == 1
    await after(world, MINUTE)
    assert len(server.received) == 2
    assert "If-None-Match" in server.received[1].headers
    assert world.engine.plan is plan
    (state,) = world.engine.calendars.states()
    assert state.stored is not None
    assert state.stored.read_at == world.now


async def test_changed_calendar_changes_who_is_on_call(
    world: World, server: FakeCalendarServer
) -> None:
    """A swap in the calendar is in force after the next reading."""
    await after(world, 0)
    server.text = SHIFTS.format(name="ben@EXAMPLE.com")
    await after(world, 5 * MINUTE)
    assert people(world.engine) == ("ben",)


@pytest.mark.parametrize(
    "fault",
    [
        Behaviour(status=500, body="no"),
        Behaviour(status=200, body="<!DOCTYPE html>", content_type="text/html"),
        Behaviour(status=200, body=""),
        Behaviour(status=200, body="BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"),
        Behaviour(drop="before"),
    ],
)
async def test_last_good_copy_is_used_while_the_calendar_is_broken(
    world: World, server: FakeCalendarServer, fault: Behaviour
) -> None:
    """E45: It is tried again every minute; /readyz lists it when that lasts, without the URL."""
    await after(world, 0)
    server.default = fault
    await after(world, 5 * MINUTE)
    assert people(world.engine) == ("ana",)
    assert problem(world.engine) == ""
    for _ in range(31):
        await after(world, MINUTE)
    assert len(server.received) >= 33  # a dropped connection is tried twice
    assert problem(world.engine)
    assert "private-token" not in problem(world.engine)
    await after(world, 3 * DAY)
    assert people(world.engine) == ("ana",)
    server.default = None
    await after(world, 5 * MINUTE)
    assert problem(world.engine) == ""


async def test_copy_of_a_broken_calendar_is_known_ten_weeks_ahead_of_now(
    world: World, server: FakeCalendarServer
) -> None:
    """The copy is expanded again each day, so its end moves on with the time."""
    await after(world, 0)
    server.default = Behaviour(status=503, body="no")
    for _ in range(80):
        await after(world, DAY)
    assert people(world.engine) == ("ana",)
    state = explain(world.engine.plan.rotas["billing"], world.now + 69 * DAY)
    assert state.people == ("ana",)
    assert explain(world.engine.plan.rotas["billing"], world.now + 71 * DAY).unknown


async def test_calendar_that_was_never_read_is_a_problem_at_once(
    world: World, server: FakeCalendarServer
) -> None:
    """There is no copy that could be used."""
    server.default = Behaviour(status=404, body="no")
    await after(world, 0)
    assert problem(world.engine) == "its server answered 404"
    assert explain(world.engine.plan.rotas["billing"], world.now).unknown


async def test_broken_calendar_is_an_alert_of_the_gateway_until_it_works_again(
    world: World, server: FakeCalendarServer
) -> None:
    """An admin is notified by the routes, with the reason and without the URL."""
    server.default = Behaviour(status=404, body="no")
    await after(world, 0)
    (condition,) = await world.engine.store.read(
        lambda tx: world.engine.calendars.conditions(tx, world.engine.plan, world.now)
    )
    assert condition.condition.name == "GatewayCalendarFailing"
    assert condition.labels == {"calendar": "${BILLING_CALENDAR}"}
    assert condition.annotations == {"problems": "its server answered 404"}
    await world.engine.own_alerts.check_once()
    delivered = await world.advance(MINUTE)
    assert any("GatewayCalendarFailing" in str(one.message) for one in delivered)
    server.default = None
    await after(world, MINUTE)
    assert problem(world.engine) == ""


async def test_calendar_that_is_suddenly_empty_is_believed_after_six_hours(
    world: World, server: FakeCalendarServer
) -> None:
    """E45: Until then the last good copy is used, and /readyz says so."""
    await after(world, 0)
    server.text = EMPTY
    await after(world, 5 * MINUTE)
    assert people(world.engine) == ("ana",)
    assert "it has 0 of the 11 future events" in problem(world.engine)
    assert "gateway calendar confirm" in problem(world.engine)
    await after(world, 6 * HOUR - 1)
    assert people(world.engine) == ("ana",)
    await after(world, 5 * MINUTE)
    assert people(world.engine) == ()
    assert not explain(world.engine.plan.rotas["billing"], world.now).unknown
    assert problem(world.engine) == ""


async def test_calendar_that_has_its_events_again_was_never_empty(
    world: World, server: FakeCalendarServer
) -> None:
    """The next time that it is empty, the six hours begin anew."""
    await after(world, 0)
    server.text = EMPTY
    await after(world, 5 * HOUR)
    server.text = SHIFTS.format(name="Ana")
    await after(world, 5 * MINUTE)
    assert problem(world.engine) == ""
    server.text = EMPTY
    await after(world, 5 * HOUR)
    assert people(world.engine) == ("ana",)


async def test_admin_confirms_that_a_calendar_is_empty(
    world: World, server: FakeCalendarServer
) -> None:
    """It is believed at the next reading; before there is nothing to confirm."""
    await after(world, 0)
    assert not await world.engine.calendars.confirm("${BILLING_CALENDAR}")
    server.text = EMPTY
    await after(world, 5 * MINUTE)
    assert await world.engine.calendars.confirm("${BILLING_CALENDAR}")
    await after(world, 5)
    assert people(world.engine) == ()


async def test_restart_uses_the_stored_copy_before_anything_is_read(
    world: World, server: FakeCalendarServer
) -> None:
    """Nobody is unknown after a restart, also while the calendar's server is down."""
    await after(world, 0)
    server.default = Behaviour(status=500, body="no")
    replica = await world.start()
    assert people(replica) == ("ana",)


async def test_one_replica_reads_and_the_others_use_its_copy(
    world: World, server: FakeCalendarServer
) -> None:
    """A calendar is asked for once, and another replica sees the new events."""
    replica = await world.start()
    replica.calendars.read_apart = read_here
    await world.replicas[0].calendars.round()
    await replica.calendars.round()
    assert len(server.received) == 1
    await replica.in_force.check_once()
    assert people(replica) == ("ana",)


async def test_calendar_is_taken_over_from_a_replica_that_died_while_reading(
    world: World, server: FakeCalendarServer
) -> None:
    """Its lease ends, and another one reads."""

    async def dies(request: ReadRequest) -> ReadCalendar:
        raise StoreUnavailableError("the process is gone")

    world.engine.calendars.read_apart = dies
    with pytest.raises(StoreUnavailableError):
        await world.engine.calendars.round()
    replica = await world.start()
    replica.calendars.read_apart = read_here
    await replica.calendars.round()
    assert explain(replica.plan.rotas["billing"], world.now).unknown
    world.now += module.LEASE
    await replica.calendars.round()
    assert people(replica) == ("ana",)


async def test_reload_to_another_calendar_reads_it_and_keeps_the_old_copy_for_a_while(
    world: World, server: FakeCalendarServer, tmp_path: Path
) -> None:
    """Going back needs no server; another URL never gets the copy of the first."""
    await after(world, 0)
    file = tmp_path / "billing.ics"
    file.write_text(SHIFTS.format(name="Ben"))
    world.routes = ROUTES.replace(ROTA, f"    ical: {file}")
    await world.engine.reload()
    assert explain(world.engine.plan.rotas["billing"], world.now).unknown
    await after(world, 0)
    assert people(world.engine) == ("ben",)
    server.default = Behaviour(status=500, body="no")
    world.routes = WITH_CALENDAR
    await world.engine.reload()
    assert people(world.engine) == ("ana",)


async def test_reload_that_adds_a_person_finds_them_in_the_calendar(
    world: World, server: FakeCalendarServer
) -> None:
    """An event that named nobody names somebody then, without being read again."""
    server.text = SHIFTS.format(name="Dee")
    await after(world, 0)
    (state,) = world.engine.calendars.states()
    assert [one.summary for one in state.unknown] == ["Dee"]
    assert people(world.engine) == ()
    world.routes = WITH_CALENDAR.replace(
        "  ben: {name", "  dee: {name: Dee, email: dee@example.com}\n  ben: {name"
    )
    await world.engine.reload()
    assert people(world.engine) == ("dee",)


async def test_override_at_run_time_lies_on_top_of_the_calendar(world: World) -> None:
    """Nothing is lost by a reading in between."""
    await after(world, 0)
    world.routes = WITH_CALENDAR + "\n"
    text = f"    overrides: [{{person: ben, from: {iso(START)}, to: {iso(START + HOUR)}}}]"
    world.routes = WITH_CALENDAR.replace(CALENDAR, f"{CALENDAR}\n{text}")
    await world.engine.reload()
    assert people(world.engine) == ("ben",)
    await after(world, 2 * HOUR)
    assert people(world.engine) == ("ana",)


def iso(t: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(t, UTC).isoformat()

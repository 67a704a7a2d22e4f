"""Reading in a process of its own: what it answers, and how it is ended."""

import asyncio
import os
from contextlib import suppress

import pytest

from gateway.calendars import process
from gateway.calendars.events import CalendarError
from gateway.calendars.process import ReadRequest, read_apart, read_apart_now
from tests.calendars.test_read import ZONE, at, calendar

pytestmark = pytest.mark.process

SHIFT = "UID:1\nDTSTART;TZID={zone}:20261118T090000\nDURATION:PT1H\nSUMMARY:Ana"
# Not refused by its FREQ: the limit of the process is what ends it.
BOMB = """UID:bomb
    DTSTART:20001101T000000Z
    DURATION:PT1S
    RRULE:FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3,4,5,6,7,8,9
    SUMMARY:Ana"""


def request(body: str, cpu_seconds: int = 10) -> ReadRequest:
    start, end = at("2026-11-16"), at("2027-01-25")
    return ReadRequest(body.encode(), "Europe/Berlin", start, end, cpu_seconds)


async def test_zone_of_one_calendar_does_not_change_another() -> None:
    """The library keeps the zones of a calendar for the whole process; each has its own here."""
    name = "W. Europe Standard Time"
    event = SHIFT.format(zone=name)
    hours = []
    for offset in ("+0500", "-0800", "+0100"):
        body = calendar(event, head=ZONE.format(name=name, offset=offset))
        hours.append((await read_apart(request(body))).events[0].start)
    plain = await read_apart(request(calendar(event)))
    assert hours == [at("2026-11-18 05:00"), at("2026-11-18 18:00"), at("2026-11-18 09:00")]
    assert plain.events[0].start == at("2026-11-18 09:00")


def test_recurrence_bomb_is_ended_by_its_limit() -> None:
    """Expanding it would take minutes; the process is killed, and the error says why."""
    with pytest.raises(CalendarError, match="more than 1 s of processor time"):
        read_apart_now(request(calendar(BOMB), cpu_seconds=1))


async def test_cancelled_reading_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that stops does not wait for a calendar."""
    started = asyncio.Event()
    pids: list[int] = []
    start = process._start

    def remember() -> object:
        child = start()
        pids.append(child.pid)
        loop.call_soon_threadsafe(started.set)
        return child

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(process, "_start", remember)
    reading = asyncio.create_task(read_apart(request(calendar(BOMB))))
    await started.wait()
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    await asyncio.to_thread(wait_for_end, pids[0])


def wait_for_end(pid: int) -> None:
    """Return once the process is gone, and reaped by the thread that waited for its answer."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)


def test_environment_of_the_gateway_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets are not passed to the process that reads foreign texts."""
    monkeypatch.setenv("SLACK_TOKEN", "test-slack-token")
    child = process._start()
    try:
        with open(f"/proc/{child.pid}/environ", "rb") as environment:
            assert b"test-slack-token" not in environment.read()
    finally:
        child.kill()
        child.communicate()

"""One reading of a calendar: fetched, read apart, judged, and what is stored of it."""

import asyncio
import base64
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import orjson

from gateway.calendars.events import CalendarError, ReadCalendar, from_json, to_json
from gateway.calendars.process import ReadRequest, read_apart
from gateway.channels.support.client import HttpClient
from gateway.core.plan.calendar_trust import Earlier, judge
from gateway.core.plan.calendars import CalendarKey, CalendarSettings, reading_span
from gateway.flow.calendars.fetch import Validators, fetch
from gateway.store.state.calendars import StoredCalendar

RETRY = 60.0
"""Seconds until a calendar that cannot be read is tried again, if it is refreshed less often."""

ReadApart = Callable[[ReadRequest], Awaitable[ReadCalendar]]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading calendars needs."""

    client: HttpClient
    settings: CalendarSettings
    read_apart: ReadApart = read_apart


async def read_again(
    reader: Reader, key: CalendarKey, stored: StoredCalendar, now: float
) -> StoredCalendar:
    """Read a calendar, and return what to store of it. Errors are part of that: it never raises.

    The events stay those of the last good copy while the calendar cannot be read, or is not
    believed. Their span moves on with each day all the same.
    """
    settings = reader.settings
    try:
        result = await _read(reader, key, stored, now)
    except (CalendarError, OSError) as error:
        since = now if stored.failing_since is None else stored.failing_since
        retry = now + min(settings.refresh, RETRY)
        copy = await _moved_on(reader, key, stored, now)
        return replace(copy, error=str(error), failing_since=since, next_at=retry)
    return replace(result, next_at=now + settings.refresh)


async def _read(
    reader: Reader, key: CalendarKey, stored: StoredCalendar, now: float
) -> StoredCalendar:
    source = reader.settings.sources[key.address]
    fetched = await fetch(reader.client, source, Validators(stored.etag, stored.last_modified))
    old = unpack(stored.content)
    body = old if fetched.body is None else fetched.body
    if body is None:
        raise CalendarError("its server answered 304, although there is no copy of it")
    good = replace(stored, error="", failing_since=None, read_at=now)
    if body == old and stored.lost_since is None:
        return await _moved_on(reader, key, good, now)
    start, end = reading_span(key, now)
    read = await reader.read_apart(ReadRequest(body, key.zone, start, end))
    before = events_of(stored)
    earlier = Earlier(stored.lost_since, stored.confirmed, reader.settings.confirm_after)
    verdict = judge(before.events, read.events, now, stored.known_until, earlier)
    if not verdict.believed:
        text = f"{verdict.text}; the last good copy is used until {confirmation(key.address)}"
        # Without validators, so that the whole calendar is seen and judged again.
        return replace(
            await _moved_on(reader, key, stored, now),
            error=text,
            failing_since=stored.failing_since or now,
            lost_since=verdict.lost_since,
        )
    packed = await asyncio.to_thread(pack, body)
    return replace(
        _with_events(good, read, start, end),
        content=packed,
        etag=fetched.validators.etag,
        last_modified=fetched.validators.last_modified,
        lost_since=None,
        confirmed=False,
    )


async def _moved_on(
    reader: Reader, key: CalendarKey, stored: StoredCalendar, now: float
) -> StoredCalendar:
    """Return the calendar with the events of today's span, from the copy that is stored."""
    start, end = reading_span(key, now)
    body = unpack(stored.content)
    if body is None or (stored.known_from, stored.known_until) == (start, end):
        return stored
    try:
        read = await reader.read_apart(ReadRequest(body, key.zone, start, end))
    except (CalendarError, OSError):
        return stored  # it was good once: what is known of it stays
    return _with_events(stored, read, start, end)


def _with_events(
    stored: StoredCalendar, read: ReadCalendar, start: float, end: float
) -> StoredCalendar:
    events = orjson.dumps(to_json(read)).decode()
    if (events, start, end) == (stored.events, stored.known_from, stored.known_until):
        return stored
    return replace(
        stored, events=events, known_from=start, known_until=end, version=stored.version + 1
    )


def events_of(stored: StoredCalendar) -> ReadCalendar:
    """Return the events of the last good copy."""
    return from_json(orjson.loads(stored.events)) if stored.events else ReadCalendar(())


def confirmation(address: str) -> str:
    """Return what an admin does to believe a calendar that lost its events."""
    return f'it has them again, or `gateway calendar confirm "{address}"`'


def pack(body: bytes) -> str:
    """Return a body as text for the database, a tenth of its size."""
    return base64.b64encode(zlib.compress(body)).decode()


def unpack(content: str) -> bytes | None:
    """Return the body of `pack`; None if there is none."""
    return zlib.decompress(base64.b64decode(content)) if content else None

"""The events of a calendar in a span of time. Only in a process that may be killed: see `worker`.

All-day events and times without a zone are on the wall clock of the zone that is passed in.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from gateway.calendars.checks import MOST_EVENTS, first_text, name_of, usable_events
from gateway.calendars.events import CalendarError, ReadCalendar
from gateway.calendars.text import EXACT_DURATION, calendar_text
from gateway.calendars.write import PERSON
from gateway.core.oncall.calendar_events import CalendarEvent

MOST_PROBLEMS = 20
"""Problems that are listed. The rest are counted."""

_LEVEL = re.compile(r"^\[L(\d{1,4})\]\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"^(.*\S)\s*\([^()]*\)$", re.DOTALL)
_LONGEST_TEXT = 200
_PERIOD = re.compile(
    r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)


def read_calendar(raw: bytes, zone: str, start: float, end: float) -> ReadCalendar:
    """Return the events that touch [start, end), in order, and what was wrong with others.

    Cancelled events are left out. Raises CalendarError for what is no calendar, or too large.
    """
    try:
        calendars = Calendar.from_ical(calendar_text(raw), multiple=True)
    except ValueError as error:
        raise CalendarError(f"this is no valid iCalendar: {error}") from error
    if not calendars:
        raise CalendarError("this is no valid iCalendar: its end is missing")
    problems: list[str] = []
    events: list[CalendarEvent] = []
    for calendar in calendars:
        events += _events(calendar, zone, start, end, problems)
    if len(events) > MOST_EVENTS:
        raise CalendarError(f"more than {MOST_EVENTS:,} events in the weeks that are read")
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems = [*problems[:MOST_PROBLEMS], f"and {more} more problems"]
    return ReadCalendar(tuple(sorted(events)), tuple(problems))


def _events(
    calendar: Any, zone: str, start: float, end: float, problems: list[str]
) -> Iterator[CalendarEvent]:
    if calendar.name != "VCALENDAR":  # a bare event is accepted too
        bare, calendar = calendar, Calendar()
        calendar.add_component(bare)
    count = len(calendar.walk("VEVENT"))
    if count > MOST_EVENTS:
        raise CalendarError(f"it has {count:,} events; {MOST_EVENTS:,} are read at the most")
    usable_events(calendar, problems.append)
    local = ZoneInfo(zone)
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    first, last = (datetime.fromtimestamp(t, local) for t in (start, end))
    # A day more on both sides: an event in another zone is compared with its own wall clock.
    for number, one in enumerate(query.between(first - _DAY, last + _DAY)):
        if number >= 2 * MOST_EVENTS:
            raise CalendarError(f"more than {MOST_EVENTS:,} events in the weeks that are read")
        event = _event(one, local, problems)
        if event is not None and event.start < end and event.end > start:
            yield event


_DAY = timedelta(days=1)


def _event(one: Any, zone: ZoneInfo, problems: list[str]) -> CalendarEvent | None:
    if first_text(one, "STATUS").upper() == "CANCELLED":
        return None
    begins, ends = one["DTSTART"].dt, one["DTEND"].dt
    first_day = last_day = ""
    if not isinstance(begins, datetime):
        if ends <= begins:
            ends = begins + _DAY
        first_day, last_day = begins.isoformat(), (ends - _DAY).isoformat()
    elif EXACT_DURATION in one:
        ends = _exact_end(begins, first_text(one, EXACT_DURATION), zone) or ends
    start, end = _instant(begins, zone), _instant(ends, zone)
    if end <= start:
        problems.append(f"{name_of(one)}: it ends before it starts; the event is left out")
        return None
    summary = _short(first_text(one, "SUMMARY"))
    level = _LEVEL.match(summary)
    return CalendarEvent(
        start=start,
        end=end,
        level=int(level[1]) if level else 0,
        summary=summary,
        names=tuple(_names(one, summary[level.end() :] if level else summary)),
        first_day=first_day,
        last_day=last_day,
    )


def _names(event: Any, summary: str) -> Iterator[str]:
    """Yield the texts that may name a person, without repetitions, the likeliest first."""
    texts = [first_text(event, PERSON), summary]
    if rest := _IN_BRACKETS.match(summary):
        texts.append(rest[1])
    attendees = event.get("ATTENDEE")
    if attendees is not None and not isinstance(attendees, list):
        texts += [re.sub("^mailto:", "", str(attendees), flags=re.IGNORECASE)]
        texts.append(str(attendees.params.get("CN", "")))
    texts.append(first_text(event, "DESCRIPTION"))
    short = (_short(text) for text in texts)
    yield from dict.fromkeys(text for text in short if text)


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]


def _instant(value: date, zone: ZoneInfo) -> float:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(0))
    return (value if value.tzinfo else value.replace(tzinfo=zone)).timestamp()


def _exact_end(begins: datetime, duration: str, zone: ZoneInfo) -> datetime | None:
    """Return the end by RFC 5545, 3.3.6: days follow the wall clock, hours are exact.

    None if the duration has another form, or the event has a DTEND, which wins.
    """
    match = _PERIOD.fullmatch(duration.strip())
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    local = begins if begins.tzinfo else begins.replace(tzinfo=zone)
    nominal = local + timedelta(weeks=weeks, days=days)
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return nominal.astimezone(UTC) + exact

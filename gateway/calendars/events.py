"""Values of a calendar that is read: its events, and what was wrong with others."""

from dataclasses import dataclass
from typing import Any

from gateway.core.errors import GatewayError
from gateway.core.oncall.calendar_events import CalendarEvent


class CalendarError(GatewayError):
    """The calendar cannot be read at all. The text says why, for an admin."""


@dataclass(frozen=True, slots=True)
class ReadCalendar:
    """The events of a calendar, by start, and a sentence for each event that was left out."""

    events: tuple[CalendarEvent, ...]
    problems: tuple[str, ...] = ()


def to_json(calendar: ReadCalendar) -> dict[str, Any]:
    """Return the calendar as JSON, for another process or a database."""
    return {"events": [list(one) for one in calendar.events], "problems": list(calendar.problems)}


def from_json(value: dict[str, Any]) -> ReadCalendar:
    """Return the calendar of `to_json`."""
    events = (
        CalendarEvent(start, end, level, summary, tuple(names), first, last)
        for start, end, level, summary, names, first, last in value["events"]
    )
    return ReadCalendar(tuple(events), tuple(value["problems"]))

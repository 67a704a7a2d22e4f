"""A planned calendar as iCalendar text.

Every property that the library would fill in from the clock or at random is set here, so the same
calendar has the same bytes.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gateway.calendars.planned import PlannedCalendar, PlannedEvent

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//alert gateway//on-call feed//EN"

PERSON = "X-ONCALL-PERSON"
"""Property with the id of the person on call. A feed that is read as a rota maps it first."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Everything but line ends that RFC 5545 forbids in a text, or that cannot be encoded."""


def write_calendar(calendar: PlannedCalendar) -> bytes:
    """Return the calendar in UTF-8, with times in UTC and without control characters."""
    from icalendar import Calendar  # only feeds pay for its import

    result = Calendar()
    result.add("prodid", PRODUCT)
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    result.add("uid", calendar.uid)
    for name in ("name", "x-wr-calname"):
        result.add(name, _text(calendar.name))
    for name in ("description", "x-wr-caldesc"):
        result.add(name, _text(calendar.description))
    result.add("url", calendar.url)
    result.add("last-modified", _utc(calendar.changed_at))
    _add_refresh(result, calendar.refresh)
    for one in calendar.events:
        result.add_component(_event(one, calendar.url))
    text: bytes = result.to_ical()
    return text


def _add_refresh(result: "Calendar", hours: int) -> None:
    duration = timedelta(hours=hours)
    # RFC 7986 requires the parameter, which the library leaves out.
    result.add("refresh-interval", duration, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", f"PT{hours}H")  # what Outlook reads


def _event(one: PlannedEvent, url: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", _utc(one.changed_at))
    event.add("last-modified", _utc(one.changed_at))
    event.add("sequence", one.sequence)
    event.add("dtstart", _utc(one.start))
    event.add("dtend", _utc(one.end))
    event.add("summary", _text(one.summary))
    event.add("description", _text(one.description))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")  # a shift of a week does not make its week busy
    event.add(PERSON, _text(one.person))
    return event


def _utc(t: int) -> datetime:
    return datetime.fromtimestamp(t, UTC)


def _text(text: str) -> str:
    """Return the text without control characters, which the library would pass through."""
    return _CONTROL.sub("", text)

"""Checks of a calendar's events before they are expanded: one bad event would lose all others.

The library raises for the whole calendar, swaps a wrong start and end, loses the second of two
events with one UID, and takes minutes for a series that recurs each second.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from gateway.calendars.text import EXACT_DURATION
from gateway.calendars.zones import known_zone
from gateway.core.text.escape import one_line

MOST_EVENTS = 5_000
"""Events of a calendar, and instances in its span. More would take seconds and much memory."""

_TOO_OFTEN = ("SECONDLY", "MINUTELY")
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_LONGEST_NAME = 60

Report = Callable[[str], None]


def usable_events(calendar: Any, report: Report) -> None:
    """Remove the events of a calendar that cannot be used, reporting each; repair others."""
    _repair_zone(calendar, report)
    usable = []
    for component in calendar.subcomponents:
        if component.name == "VEVENT":
            problem = _problem(component)
            if problem:
                report(f"{name_of(component)}: {problem}; the event is left out")
                continue
            _repair(component, report)
        usable.append(component)
    calendar.subcomponents = usable
    _separate_equal_uids([one for one in usable if one.name == "VEVENT"])


def name_of(event: Any) -> str:
    """Return what an event is called in a problem: its summary, and when it starts."""
    summary = one_line(first_text(event, "SUMMARY"), _LONGEST_NAME) or "an event without SUMMARY"
    return f'"{summary}"{_start_text(event)}'


def first_text(event: Any, name: str) -> str:
    """Return the text of a property, of its first value if it has several; empty without it."""
    value = event.get(name, "")
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value)


def _start_text(event: Any) -> str:
    broken = any(name == "DTSTART" for name, _ in event.errors)  # using its value would raise
    moment = None if broken else getattr(event.get("DTSTART"), "dt", None)
    return f" of {moment:%Y-%m-%d}" if isinstance(moment, date) else ""


def _problem(event: Any) -> str:
    """Return why an event cannot be used; empty if it can."""
    if event.errors:
        name, text = event.errors[0]
        return f"{name}: {one_line(str(text), 100)}"
    for name in ("DTSTART", "DTEND", "DURATION", "RRULE"):
        if isinstance(event.get(name), list):
            return f"{name} is given more than once"
    if "DTSTART" not in event:
        return "it has no DTSTART"
    for name in _TIMES:
        if name in event and (zone := _unresolved(event[name])):
            return f"{name}: there is no time zone {zone!r}"
    rule = event.get("RRULE")
    often = str(rule["FREQ"][0]).upper() if rule and rule.get("FREQ") else ""
    if often in _TOO_OFTEN:
        return f"it recurs {often}, which no shift does"
    return _length_problem(event)


def _unresolved(value: Any) -> str:
    """Return the TZID of a time that the library could not resolve; empty if there is none."""
    zone = str(value.params.get("TZID", ""))
    return zone if zone and isinstance(value.dt, datetime) and value.dt.tzinfo is None else ""


def _length_problem(event: Any) -> str:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(start, datetime) != isinstance(end, datetime):
            return "one of DTSTART and DTEND is a date, the other a time"
        if _comparable(end) < _comparable(start):
            return "it ends before it starts"
        empty = _comparable(end) == _comparable(start)
    elif "DURATION" in event:
        length = event["DURATION"].dt
        if not isinstance(length, timedelta) or length < timedelta():
            return "its DURATION is negative"
        empty = not length
    else:
        empty = True
    # An all-day event is a day long at the least, which is what programs show.
    return (
        "it has no length: DTEND and DURATION are missing, or zero"
        if (empty and isinstance(start, datetime))
        else ""
    )


def _comparable(value: date) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(0))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _repair(event: Any, report: Report) -> None:
    start = event["DTSTART"].dt
    if "EXRULE" in event:
        report(f"{name_of(event)}: EXRULE is obsolete and not read; use EXDATE")
    if "DTEND" in event:
        event.pop(EXACT_DURATION, None)  # DTEND wins over DURATION
    if "DTEND" in event and not isinstance(start, datetime) and event["DTEND"].dt <= start:
        del event["DTEND"]
    rule = event.get("RRULE")
    until = rule.get("UNTIL") if rule else None
    if until and isinstance(start, datetime) and not isinstance(until[0], datetime):
        # The library would lose the last day.
        last = datetime.combine(until[0], time(23, 59, 59), start.tzinfo)
        rule["UNTIL"] = [last.astimezone(UTC) if start.tzinfo else last]


def _separate_equal_uids(events: Iterable[Any]) -> None:
    """Give events other UIDs that would hide each other: equal UID and number, no exceptions."""
    events = list(events)
    with_exceptions = {str(one.get("UID")) for one in events if "RECURRENCE-ID" in one}
    numbers: dict[str, set[int]] = {}
    for one in events:
        numbers.setdefault(str(one.get("UID")), set()).add(int(one.get("SEQUENCE", 0)))
    counts: Counter[str] = Counter()
    for one in events:
        uid = str(one.get("UID"))
        if uid in with_exceptions or len(numbers[uid]) > 1 or "UID" not in one:
            continue
        if counts[uid]:
            one["UID"] = type(one["UID"])(f"{uid}#{counts[uid]}")
        counts[uid] += 1


def _repair_zone(calendar: Any, report: Report) -> None:
    """Replace an X-WR-TIMEZONE that the library would raise for."""
    if "X-WR-TIMEZONE" not in calendar:
        return
    name = first_text(calendar, "X-WR-TIMEZONE")
    zone = known_zone(name)
    del calendar["X-WR-TIMEZONE"]
    if zone is not None:
        calendar.add("X-WR-TIMEZONE", zone)
    elif name.strip():
        report(f"X-WR-TIMEZONE: there is no time zone {one_line(name, 60)!r}; it is ignored")

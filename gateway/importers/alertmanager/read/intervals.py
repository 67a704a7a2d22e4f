"""Time intervals as Alertmanager reads them, its oddities included.

It takes months and years that no calendar has, and an empty list, which never matches; and it
refuses days of the month that a February may not have (`timeinterval/timeinterval.go`).
"""

import re
from collections.abc import Callable, Iterable

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings
from gateway.core.text.nearest import nearest
from gateway.core.time.interval import Ranges, TimeInterval
from gateway.core.time.interval_parse import MONTHS, WEEKDAYS
from gateway.core.time.wallclock import load_zone

NEVER: Ranges = ((2, 1),)
"""Ranges that hold no value of any field (a day of 0 would count from the month's end)."""

LOCAL = "Local"
"""The location that is the zone of Alertmanager's host."""

_TIME = re.compile("(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_NUMBER = re.compile("[+-]?[0-9]{1,18}")
_SHORTEST_MONTH = 28


def time_intervals(
    entries: Iterable[ParsedValue], findings: Findings
) -> dict[str, list[TimeInterval]]:
    """Return the intervals by their names; `Local` counts as UTC. Errors are noted."""
    intervals: dict[str, list[TimeInterval]] = {}
    for item in entries:
        name = item.value.get("name", "")
        if not name and "name" not in item.value.invalid_keys:
            findings.error(item.position, "time interval: its name is missing")
        parts = [_interval(one.value, findings) for one in item.value.list_of("time_intervals")]
        intervals.setdefault(name, parts)
    return intervals


def _interval(entry: ParsedSection, findings: Findings) -> TimeInterval:
    location = entry.get("location", "") or "UTC"
    if location == LOCAL:
        location = "UTC"
    try:
        load_zone(location)
    except ValueError as error:
        findings.error(entry.position_of("location"), f"location: {error}", text=location)
        location = "UTC"
    return TimeInterval(
        times=_times(entry, findings),
        weekdays=_ranges(entry, "weekdays", _weekday, findings),
        days_of_month=_ranges(entry, "days_of_month", _number, findings, _check_days),
        months=_ranges(entry, "months", _month, findings),
        years=_ranges(entry, "years", _number, findings),
        location=location,
    )


def _times(entry: ParsedSection, findings: Findings) -> Ranges:
    if "times" not in entry:
        return ()
    ranges = []
    for item in entry.list_of("times"):
        spots = {key: item.value.position_of(key) for key in ("start_time", "end_time")}
        minutes = []
        for key, position in spots.items():
            text = item.value.get(key, "")
            match = _TIME.fullmatch(text)
            if match is None:
                message = (
                    f'{key}: "{text}" is not a time from 00:00 to 24:00'
                    if text
                    else ("times: start_time and end_time must both be there")
                )
                findings.error(position, message, text=text)
                continue
            hour, minute = match.groups()
            minutes.append(24 * 60 if hour is None else int(hour) * 60 + int(minute))
        if len(minutes) == 2:
            if minutes[0] >= minutes[1]:
                findings.error(item.position, "times: start_time must be before end_time")
            ranges.append((minutes[0], minutes[1]))
    return tuple(ranges) or NEVER


def _ranges(
    entry: ParsedSection,
    key: str,
    member: Callable[[str], int],
    findings: Findings,
    check: Callable[[int, int], str | None] | None = None,
) -> Ranges:
    if key not in entry:
        return ()
    ranges = []
    for item in entry.list_of(key):
        parts = item.value.lower().split(":")
        try:
            if len(parts) > 2:
                raise ValueError("a range is written first:last")
            first, last = member(parts[0]), member(parts[-1])
            reason = check(first, last) if check else None
            if reason is None and first > last and check is None:
                reason = "the first is after the last"
            if reason:
                raise ValueError(reason)
            ranges.append((first, last))
        except ValueError as error:
            near = nearest(item.value, WEEKDAYS) if key == "weekdays" else None
            message = f'{key}: "{item.value}": {error}'
            findings.error(item.position, message, text=item.raw, suggestion=near)
    return tuple(ranges) or NEVER


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise ValueError(f'"{text}" is not a weekday')
    return WEEKDAYS.index(text)


def _month(text: str) -> int:
    return MONTHS.index(text) + 1 if text in MONTHS else _number(text)


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f'"{text}" is not a number')
    return int(text)


def _check_days(first: int, last: int) -> str | None:
    for day in (first, last):
        if day == 0 or abs(day) > 31:
            return f"{day} is not a day of a month"
    if first < 0 < last:
        return "the last day must count from the month's end as the first does"
    # Alertmanager's own reckoning; -1 counts as the 27th of its shortest month.
    bounds = [_SHORTEST_MONTH + day if day < 0 else day for day in (first, last)]
    return "the last day may come before the first" if bounds[0] > bounds[1] else None

"""Grafana OnCall's rule: events of shifts; those of a higher level hide the lower ones.

Events are listed one after the other. Overrides hide every level; events of one level, and
overrides, are on call together.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.importers.oncall.reference.rendered import rendered, text

Answer = dict[str, Any]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


class Event(NamedTuple):
    """People on call from one instant to another; level None is an override."""

    start: float
    end: float
    people: tuple[str, ...]
    level: int | None


def events(shift: Answer, zone: str, until: float, *, web: bool) -> Iterator[Event]:
    """The events of a shift that begin before an instant; in the web its end cuts them."""
    tz = ZoneInfo(shift.get("time_zone") or zone)
    length = timedelta(seconds=shift["duration"])
    kind = shift["type"]
    level = None if kind == "override" else int(shift.get("level", 0))
    bound = shift.get("until")
    last = datetime.fromisoformat(bound).replace(tzinfo=ZoneInfo("UTC")) if bound else None
    for start, people in _starts(shift):
        opens = start.replace(tzinfo=tz).timestamp()
        if opens >= until or (last is not None and opens > last.timestamp()):
            return
        closes = (start + length).replace(tzinfo=tz).timestamp()
        if web and last is not None:
            closes = min(closes, last.timestamp())
        yield Event(opens, closes, people, level)


def _starts(shift: Answer) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """The wall-clock starts of events with their people, without end."""
    start = datetime.fromisoformat(shift["start"])
    groups = [tuple(one) for one in shift.get("rolling_users", [])] or [tuple(shift["users"])]
    first = shift.get("start_rotation_from_user_index", 0)
    groups = groups[first:] + groups[:first]
    frequency, interval = shift.get("frequency"), shift.get("interval", 1)
    days = [DAYS.index(one) for one in shift.get("by_day") or ()]
    week = DAYS.index(shift.get("week_start", "SU"))
    if frequency is None:
        yield start, groups[0]
        return
    if days and start.weekday() not in days:
        nearest = min(days, key=lambda day: (day - week) % 7)
        start += ((nearest - start.weekday()) % 7) * _DAY
    if frequency == "daily" and days:
        yield from _selected_days(start, days, groups, interval)
    elif frequency == "weekly":
        yield from _weeks(start, days or [start.weekday()], week, groups, interval)
    else:
        step = interval * (_DAY if frequency == "daily" else timedelta(hours=1))
        number = 0
        while True:
            yield start + number * step, groups[number % len(groups)]
            number += 1


def _selected_days(
    start: datetime, days: list[int], groups: list[tuple[str, ...]], interval: int
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Each group has `interval` selected days, and then comes the next one."""
    number = 0
    while True:
        if start.weekday() in days:
            yield start, groups[number // interval % len(groups)]
            number += 1
        start += _DAY


def _weeks(
    start: datetime, days: list[int], week: int, groups: list[tuple[str, ...]], interval: int
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Each group has the selected days of the first of `interval` weeks."""
    begin = start - ((start.weekday() - week) % 7) * _DAY
    number = 0
    while True:
        for offset in range(7):
            moment = begin + (number * interval * 7 + offset) * _DAY
            if moment.weekday() in days and moment >= start:
                yield moment, groups[number % len(groups)]
        number += 1


def people_at(every: Iterable[Event], t: float) -> set[str]:
    """Everybody on call: those of the overrides, else of the highest level."""
    present = [one for one in every if one.start <= t < one.end and one.people]
    if not present:
        return set()
    overrides = [one for one in present if one.level is None]
    highest = max((one.level for one in present if one.level is not None), default=0)
    shown = overrides or [one for one in present if one.level == highest]
    return {person for one in shown for person in one.people}


def final_shifts(
    shifts: list[Answer], zone: str, start: float, end: float, *, web: bool = False
) -> Answer:
    """The final shifts of a schedule in [start, end), as the API answers them."""
    every = [one for shift in shifts for one in events(shift, zone, end, web=web)]
    recent = [one for one in every if one.end > start]
    rows = [
        {"user_pk": one.person, "user_username": one.person, "user_email": "",
         "shift_start": text(one.start), "shift_end": text(one.end)}
        for one in rendered(lambda t: people_at(recent, t), start, end)
    ]  # fmt: skip
    return {"count": len(rows), "next": None, "previous": None, "results": rows}

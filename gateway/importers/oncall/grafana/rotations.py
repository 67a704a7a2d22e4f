"""Shifts as rotations: events that are shorter than a turn become windows and empty turns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import gcd

from gateway.core.oncall.types import Unit
from gateway.importers.oncall.grafana.shift import DAYS, People, Shift
from gateway.importers.oncall.model.schedule import (
    MINUTES_OF_DAY,
    MINUTES_OF_WEEK,
    Rotation,
    Window,
)
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.read.turn_length import TurnLength, too_long

_UNITS: dict[str, Unit] = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_MINUTES = {"hour": 60, "day": MINUTES_OF_DAY, "week": MINUTES_OF_WEEK}
_SHORTEST_MONTH = 28
_WEEK = 7


def rotations_of(shift: Shift, notes: Notes) -> list[Rotation]:
    """Return the rotations of a shift; none, with a note, where it cannot be written."""
    if not any(shift.groups):
        message = f'shift "{shift.name}" has no users; it is omitted'
        notes.add(NoteKind.LOST, shift.position, message)
        return []
    if not shift.frequency:
        ends = shift.start + timedelta(minutes=shift.minutes)
        return [replace(_base(shift, "week"), starts=shift.start, ends=ends)]
    unit = _UNITS[shift.frequency]
    reason = _unwritable(shift, unit)
    if reason:
        message = f'shift "{shift.name}": {reason}; write it as layers by hand'
        notes.add(NoteKind.LOST, shift.position, message)
        return []
    if unit == "month":
        rotations = [_base(shift, unit)]
    elif shift.days and unit == "week":
        rotations = [_weekly_days(shift)]
    elif shift.days and unit == "day":
        rotations = list(_daily_days(shift))
    else:
        rotations = list(_chunks(shift, unit))
    return [_bounded(one, shift) for one in rotations]


def _unwritable(shift: Shift, unit: Unit) -> str:
    """Return why a shift has no counterpart; "" if it has one."""
    if shift.months:
        return "selected months have no counterpart"
    if shift.month_days and shift.month_days != (shift.start.day,):
        return "selected days of the month have no counterpart"
    if too_long(TurnLength(shift.interval, unit)):
        return f"an interval of {shift.interval} {unit}s is longer than a year"
    if unit == "month":
        if shift.days:
            return "months with selected days have no counterpart"
        if shift.minutes < _SHORTEST_MONTH * MINUTES_OF_DAY:
            return "a monthly shift that is shorter than a month has no counterpart"
    if unit == "hour":
        if shift.days:
            return "hours on selected days have no counterpart"
        if shift.minutes % 60 and shift.minutes < shift.interval * 60:
            return "an hourly shift of parts of an hour has no counterpart"
    if unit == "day" and shift.days and not shift.rolling and shift.interval > 1:
        return "selected days of every second day have no counterpart"
    return ""


def _base(shift: Shift, unit: Unit) -> Rotation:
    """Return the rotation whose turns are the groups, one each `interval` units."""
    return Rotation(
        name=shift.name,
        position=shift.position,
        turns=shift.groups,
        every=shift.interval,
        unit=unit,
        origin=shift.first_event,
        zone=shift.zone,
        level=shift.level,
        key=shift.key,
    )


def _chunks(shift: Shift, unit: Unit) -> Iterator[Rotation]:
    """Yield the whole units that an event lasts, and the rest of it as a window of the next one."""
    whole, rest = divmod(shift.minutes, _MINUTES[unit])
    if whole >= shift.interval:
        yield _base(shift, unit)
        return
    if whole:
        yield _in_units(shift, unit, range(whole))
    if rest:
        rotation = _in_units(shift, unit, range(whole, whole + 1))
        yield replace(rotation, windows=tuple(_windows(shift.first_event, rest, unit)))


def _in_units(shift: Shift, unit: Unit, used: range) -> Rotation:
    """Return the rotation with a turn for each unit, which is empty where it is not used."""
    nobody: People = ()
    turns = tuple(
        group if number in used else nobody
        for group in shift.groups
        for number in range(shift.interval)
    )
    return replace(_base(shift, unit), turns=turns, every=1)


def _windows(start: datetime, minutes: int, unit: Unit) -> Iterator[Window]:
    first = start.hour * 60 + start.minute
    for day in range(7) if unit == "day" else (start.weekday(),):
        yield Window(day * MINUTES_OF_DAY + first, minutes)


def _weekly_days(shift: Shift) -> Rotation:
    """Return selected days of weeks that begin with the first of them in order of the week."""
    first = shift.first_event
    back = (first.weekday() - shift.days_in_order[0]) % 7
    windows = [
        window
        for day in shift.days_in_order
        for window in _windows(_on(first, day), shift.minutes, "week")
    ]
    rotation = _in_units(shift, "week", range(1))
    return replace(rotation, origin=first - timedelta(days=back), windows=tuple(windows))


def _daily_days(shift: Shift) -> Iterator[Rotation]:
    """Yield a rotation for each selected day, because only these days count as turns."""
    first, groups = shift.first_event, shift.groups
    days = sorted(shift.days, key=lambda day: (day - first.weekday()) % 7)
    if len(groups) == 1:
        windows = [
            window for day in days for window in _windows(_on(first, day), shift.minutes, "week")
        ]
        yield replace(_base(shift, "week"), every=1, windows=tuple(windows))
        return
    if len(days) == _WEEK and shift.minutes <= MINUTES_OF_DAY:
        windows = list(_windows(first, shift.minutes, "day"))
        yield replace(_base(shift, "day"), windows=tuple(windows))
        return
    round_length = len(groups) * shift.interval
    weeks = round_length // gcd(len(days), round_length)
    for number, day in enumerate(days):
        events = (week * len(days) + number for week in range(weeks))
        turns = tuple(groups[event // shift.interval % len(groups)] for event in events)
        start = _on(first, day)
        yield replace(
            _base(shift, "week"),
            name=f"{shift.name} {DAYS[day].lower()}",
            turns=turns,
            every=1,
            origin=start,
            windows=tuple(_windows(start, shift.minutes, "week")),
        )


def _on(moment: datetime, day: int) -> datetime:
    """Return the same time on the next such weekday, or the same day."""
    return moment + timedelta(days=(day - moment.weekday()) % 7)


def _bounded(rotation: Rotation, shift: Shift) -> Rotation:
    """Return the rotation from its first event until its last one.

    In the web `until` cuts an event, elsewhere it is the last time at which one may begin.
    """
    starts = shift.first_event
    if shift.rotation_start is not None and shift.rotation_start > starts:
        starts = shift.rotation_start
    ends = shift.until
    if ends is not None and not shift.from_web:
        ends = _last_end(rotation, shift, ends)
    return replace(rotation, starts=starts, ends=ends)


def _last_end(rotation: Rotation, shift: Shift, until: datetime) -> datetime:
    """Return when the last event ends that begins by `until`."""
    length = timedelta(minutes=shift.minutes)
    if rotation.unit == "month":
        return until
    if not shift.days:
        period = timedelta(minutes=shift.interval * _MINUTES[_UNITS[shift.frequency]])
        begun = shift.first_event + (until - shift.first_event) // period * period
        return max(until, begun + min(length, period))
    monday = datetime.combine(until.date(), datetime.min.time()) - timedelta(days=until.weekday())
    now = (until - monday) // timedelta(minutes=1)
    ago = min((now - one.start) % MINUTES_OF_WEEK for one in rotation.windows)
    return max(until, until + length - timedelta(minutes=ago))

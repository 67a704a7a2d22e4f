"""GoAlert's rotations: the phase is in the active user and the next handoff, not in the start."""

from datetime import datetime, timedelta
from itertools import pairwise

from gateway.core.oncall.types import Unit
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.importers.oncall.model.schedule import Rendering, Rotation, Span
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.read.turn_length import TurnLength, too_long

_UNITS: dict[str, Unit] = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_SHORTEST_MONTH = 28
MOST_HANDOVERS = 50
"""How many next handovers of a rotation GoAlert answers at most."""


def read_rotation(entry: Json, source: Source) -> Rotation | None:
    """Return a rotation; None, with a note, for one that cannot be written."""
    notes = source.notes
    name, key = entry.text("name"), entry.text("id")
    kind = entry.text("type").lower()
    if kind not in _UNITS:
        raise entry.at("type").error("hourly, daily, weekly or monthly is expected")
    length = TurnLength(entry.number("shiftLength", 1), _UNITS[kind])
    if length.every < 1 or too_long(length):
        message = f'rotation "{name}": a turn of {length.every} {length.unit}s is not 1 to a year'
        notes.add(NoteKind.LOST, entry.at("shiftLength").position, message)
        return None
    users = tuple((str(one.value),) for one in entry.items("userIDs"))
    if not users:
        notes.add(NoteKind.LOST, entry.position, f'rotation "{name}" has no users; it is omitted')
        return None
    zone = entry.zone("timeZone", "UTC")
    start = wall_time(entry.instant("start") // 60 * 60, load_zone(zone))
    if length.unit == "month" and start.day > _SHORTEST_MONTH:
        message = (
            f'rotation "{name}": in months without a day {start.day} GoAlert hands over in the '
            "next month, the gateway on the last day"
        )
        notes.add(NoteKind.CHANGED, entry.at("start").position, message)
    active = entry.number("activeUserIndex", 0)
    if not 0 <= active < len(users):
        raise entry.at("activeUserIndex").error(f"0 to {len(users) - 1} is expected")
    following = _next_handover(entry, start, length, zone, source.as_of)
    return Rotation(
        name=name,
        position=entry.position,
        turns=users,
        every=length.every,
        unit=length.unit,
        origin=_earlier(following, length, active + 1, start.day),
        zone=zone,
        key=key,
    )


def handovers(entry: Json) -> list[float]:
    """Return the next handovers that the product itself names, in order (unix seconds UTC)."""
    return sorted(one.as_instant() for one in entry.items("nextHandoffTimes"))


def rotation_shifts(entry: Json, rotation: Rotation, as_of: float) -> Rendering | None:
    """Return who is on call by the active user and the next handovers, until the last of them."""
    times = handovers(entry)
    if not times:
        return None
    active = entry.number("activeUserIndex", 0)
    spans = [
        Span(rotation.turns[(active + number) % len(rotation.turns)][0], start, end)
        for number, (start, end) in enumerate(pairwise([min(as_of, times[0]), *times]))
    ]
    return Rendering(spans[0].start, times[-1], tuple(spans), longest=len(times) >= MOST_HANDOVERS)


def _next_handover(
    entry: Json, start: datetime, length: TurnLength, zone: str, as_of: float
) -> datetime:
    """Return the wall-clock time at which the turn of the active user ends."""
    times = handovers(entry)
    if times:
        return wall_time(times[0] // 60 * 60, load_zone(zone))
    now, following = wall_time(as_of, load_zone(zone)), start
    if length.unit != "month":
        step = length.every * _STEP[length.unit]
        return start + ((now - start) // step + 1) * step
    number = 0
    while following <= now:
        number += length.every
        following = _in_months(start, number, start.day)
    return following


def _earlier(moment: datetime, length: TurnLength, turns: int, day: int) -> datetime:
    """Return the handover that lies a number of turns before another one."""
    if length.unit != "month":
        return moment - turns * length.every * _STEP[length.unit]
    return _in_months(moment, -turns * length.every, day)


def _in_months(moment: datetime, months: int, day: int) -> datetime:
    """Return the same time some months later, on the day or the last one of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    while True:
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1

"""Turns of one layer: rotations counted on the wall clock."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.core.oncall.restrictions import windows
from gateway.core.oncall.types import Layer
from gateway.core.time.wallclock import instant, wall_time

_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a rotation, the ``number``-th after its first handover (negative before it)."""

    number: int
    start: float
    end: float


class Segment(NamedTuple):
    """A stretch in which a layer applies with one person."""

    start: float
    end: float
    person: str


def turn_at(layer: Layer, zone: ZoneInfo, t: float) -> Turn:
    """Return the turn at the instant ``t``; numbers are negative before the start.

    An hour that the clocks skip can leave a turn of an hourly rotation without any time; it is
    passed over.
    """
    first = _first_handover(layer)
    number = _estimate(layer, first, wall_time(t, zone))
    start = instant(_handover(layer, first, number), zone)
    # The estimate reads the wall clock, which repeats and skips; the instants decide.
    while start > t:
        number -= 1
        start = instant(_handover(layer, first, number), zone)
    end = instant(_handover(layer, first, number + 1), zone)
    while end <= t:
        number += 1
        start, end = end, instant(_handover(layer, first, number + 1), zone)
    return Turn(number, start, end)


def layer_start(layer: Layer, zone: ZoneInfo) -> float:
    """Return the instant from which the layer applies."""
    if isinstance(layer.start, datetime):
        return instant(layer.start, zone)
    return instant(datetime.combine(layer.start, layer.handover.at), zone)


def segments(layer: Layer, zone: ZoneInfo, start: float, end: float) -> Iterator[Segment]:
    """Yield the people that the layer puts on call in [start, end), in order.

    Segments may reach over both edges. Neighbouring turns of the same person are not joined here;
    the caller joins them, because handing over to oneself is no handover.
    """
    begins = layer_start(layer, zone)
    start = max(start, begins)
    if start >= end:
        return
    turns = _turns(layer, zone, begins, start, end)
    turn = next(turns, None)
    for opens, closes in windows(layer.restrictions, zone, start, end):
        while turn is not None and turn.start < closes:
            from_, to = max(turn.start, opens), min(turn.end, closes)
            if from_ < to:  # an hourly turn in a missing hour has no time
                yield Segment(from_, to, turn.person)
            if turn.end > closes:
                break
            turn = next(turns, None)


def _turns(
    layer: Layer, zone: ZoneInfo, begins: float, start: float, end: float
) -> Iterator[Segment]:
    if len(set(layer.members)) == 1:
        yield Segment(begins, inf, layer.members[0])
        return
    anchor = _first_handover(layer)
    first = turn_at(layer, zone, begins).number
    turn = turn_at(layer, zone, start)
    number, opens, closes = turn.number, max(turn.start, begins), turn.end
    while opens < end:
        yield Segment(opens, closes, layer.members[(number - first) % len(layer.members)])
        number += 1
        opens, closes = closes, instant(_handover(layer, anchor, number + 1), zone)


def _first_handover(layer: Layer) -> datetime:
    """Return the wall-clock time from which the rotation counts."""
    day: date = layer.start.date() if isinstance(layer.start, datetime) else layer.start
    if layer.handover.weekday is not None:
        day -= timedelta(days=(day.weekday() - layer.handover.weekday) % 7)
    return datetime.combine(day, layer.handover.at)


def _handover(layer: Layer, first: datetime, number: int) -> datetime:
    """Return the wall-clock time at which turn ``number`` begins."""
    if layer.unit != "month":
        return first + number * layer.every * _STEP[layer.unit]
    year, month = divmod(first.year * 12 + first.month - 1 + number * layer.every, 12)
    last_day = monthrange(year, month + 1)[1]
    return first.replace(year=year, month=month + 1, day=min(first.day, last_day))


def _estimate(layer: Layer, first: datetime, now: datetime) -> int:
    """Return about which turn holds the wall-clock time ``now``.

    It is wrong by a few at most, where clocks change.
    """
    if layer.unit != "month":
        return (now - first) // (layer.every * _STEP[layer.unit])
    return ((now.year - first.year) * 12 + now.month - first.month) // layer.every

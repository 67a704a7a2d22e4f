"""Turns of one layer: rotations counted on the wall clock."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from gateway.core.oncall.event_layer import EventLayer, Segment, event_segments
from gateway.core.oncall.restrictions import windows
from gateway.core.oncall.types import AnyLayer, Layer
from gateway.core.time.wallclock import instant, wall_time

_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a rotation, the ``number``-th after its first handover (negative before it)."""

    number: int
    start: float
    end: float


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


def layer_start(layer: AnyLayer, zone: ZoneInfo) -> float:
    """Return the instant from which the layer applies.

    An edit that moves the start into the future lets the present turn go on until then. A layer
    of events applies from its first event on; without any, never.
    """
    if isinstance(layer, EventLayer):
        return layer.segments[0].start if layer.segments else inf
    begins = start_in_text(layer, zone)
    return begins if layer.anchor is None else min(begins, layer.anchor.since)


def start_in_text(layer: Layer, zone: ZoneInfo) -> float:
    """Return the instant of the layer's `start`, from which its turns are counted."""
    return _edge(layer.start, layer, zone)


def layer_end(layer: AnyLayer, zone: ZoneInfo) -> float:
    """Return the instant at which the layer stops to apply; infinite if it does not."""
    if isinstance(layer, EventLayer):
        return inf
    return inf if layer.end is None else _edge(layer.end, layer, zone)


def _edge(edge: date, layer: Layer, zone: ZoneInfo) -> float:
    if isinstance(edge, datetime):
        return instant(edge, zone)
    return instant(datetime.combine(edge, layer.handover.at), zone)


def segments(layer: AnyLayer, zone: ZoneInfo, start: float, end: float) -> Iterator[Segment]:
    """Yield the people that the layer puts on call in [start, end), in order.

    Segments may reach over both edges. Neighbouring turns of the same people are not joined here;
    the caller joins them, because handing over to oneself is no handover.
    """
    if isinstance(layer, EventLayer):
        yield from event_segments(layer, start, end)
        return
    begins = layer_start(layer, zone)
    start, end = max(start, begins), min(end, layer_end(layer, zone))
    if start >= end:
        return
    turns = turn_segments(layer, zone, start, end)
    turn = next(turns, None)
    for opens, closes in windows(layer.restrictions, zone, start, end):
        while turn is not None and turn.start < closes:
            from_, to = max(turn.start, opens), min(turn.end, closes)
            # An hourly turn in a missing hour has no time, and an empty turn nobody.
            if from_ < to and turn.people:
                yield Segment(from_, to, turn.people)
            if turn.end > closes:
                break
            turn = next(turns, None)


def turn_segments(layer: Layer, zone: ZoneInfo, start: float, end: float) -> Iterator[Segment]:
    """Yield the turns in [start, end), whether or not restrictions let them be worked.

    The first may begin before `start`, the last ends at the layer's end at the latest. `start` must
    not lie before the layer's.
    """
    anchor, last = layer.anchor, layer_end(layer, zone)
    if anchor is None:
        yield from _counted(layer, zone, start, end, last)
        return
    if start < anchor.since:
        # What was before the edit is history; without a record the layer's own count must do.
        for turn in _counted(layer, zone, start, min(end, anchor.since), last):
            yield turn._replace(end=min(turn.end, anchor.since))
    if start < anchor.until and end > anchor.since:
        yield Segment(anchor.since, min(anchor.until, last), anchor.people)
    if end > anchor.until:
        start = max(start, anchor.until)
        first = turn_at(layer, zone, anchor.until).number - anchor.index
        for turn in _counted(layer, zone, start, end, last, first):
            yield turn._replace(start=max(turn.start, anchor.until))


def _counted(
    layer: Layer, zone: ZoneInfo, start: float, end: float, last: float, first: int | None = None
) -> Iterator[Segment]:
    """Yield the turns in [start, end); the first of the layer's list is turn number `first`."""
    begins = start_in_text(layer, zone)
    if len(set(layer.turns)) == 1:
        yield Segment(begins, last, layer.turns[0])
        return
    if first is None:
        first = turn_at(layer, zone, begins).number
    origin = _first_handover(layer)
    turn = turn_at(layer, zone, start)
    number, opens, closes = turn.number, max(turn.start, begins), turn.end
    while opens < end:
        people = layer.turns[(number - first) % len(layer.turns)]
        yield Segment(opens, min(closes, last), people)
        number += 1
        opens, closes = closes, instant(_handover(layer, origin, number + 1), zone)


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

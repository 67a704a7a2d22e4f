"""The secondary: who stands behind the people on call, within one rota."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from gateway.core.oncall.event_layer import EventLayer, event_segments
from gateway.core.oncall.layers import layer_end, layer_start, segments, turn_segments
from gateway.core.oncall.rota import on_call
from gateway.core.oncall.types import AnyLayer, Override, Rota
from gateway.core.time.wallclock import load_zone


def secondary(rota: Rota, t: float) -> tuple[str, ...]:
    """Return the people of the next turn of the deciding layer who are not on call at ``t``.

    The deciding layer is the last one that applies at ``t`` (unix seconds UTC). Turns whose people
    are all on call already are passed over, as are people who are away; the person who replaces
    somebody does so here too. Empty if the rota has nobody else. (Opsgenie's "next on call" of a
    schedule, kept within one rota.)
    """
    layer = next((one for one in reversed(rota.layers) if _applies(one, rota, t)), None)
    if layer is None:
        return ()
    busy = set(on_call(rota, t))
    overrides = _in_force(rota.overrides, t)
    changes = _in_force(rota.changes, t)
    for turn in _later_turns(layer, load_zone(rota.zone), t):
        people = _replaced(_replaced(turn, overrides), changes)
        free = tuple(person for person in people if person not in busy)
        if free:
            return free
    return ()


def _later_turns(layer: AnyLayer, zone: ZoneInfo, t: float) -> Iterator[tuple[str, ...]]:
    """Yield the people of the turns after the present one, until all have come round."""
    if isinstance(layer, EventLayer):
        coming = event_segments(layer, t, layer.known_until)
        yield from (segment.people for segment in coming if segment.start > t)
        return
    after = layer_end(layer, zone)
    end = next(turn_segments(layer, zone, t, t + 1.0)).end
    for _ in layer.turns:
        if end >= after:
            return
        turn = next(turn_segments(layer, zone, end, end + 1.0))
        yield turn.people
        end = turn.end


def _applies(layer: AnyLayer, rota: Rota, t: float) -> bool:
    zone = load_zone(rota.zone)
    return layer_start(layer, zone) <= t and any(
        one.start <= t < one.end for one in segments(layer, zone, t, t + 1.0)
    )


def _in_force(overrides: tuple[Override, ...], t: float) -> dict[str, str | None]:
    """Return who stands in for whom at ``t``; None is nobody."""
    return {
        one.replaces: one.member
        for one in overrides
        if one.replaces is not None and one.start <= t < one.end
    }


def _replaced(people: tuple[str, ...], members: dict[str, str | None]) -> tuple[str, ...]:
    named = (members.get(person, person) for person in people)
    return tuple(dict.fromkeys(one for one in named if one is not None))

"""Stable turns: an edit of a layer moves nobody's present turn.

The rule, in one sentence: people stay on call until the next handover; then comes the turn that
follows theirs in the new list. (PagerDuty's web does the same; its API and other products count
from the start again, which changes who is on call in most edits.)
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.layers import (
    layer_end,
    layer_start,
    start_in_text,
    turn_at,
    turn_segments,
)
from gateway.core.oncall.types import Anchor, AnyLayer, Layer, Rota
from gateway.core.time.wallclock import load_zone

Turns = tuple[tuple[str, ...], ...]


class _Present(NamedTuple):
    """The turn in force: its people, since when, and the index of the turn that follows it."""

    people: tuple[str, ...]
    since: float
    following: int


def keep_turns(before: Rota, after: Rota, now: float, known: Collection[str]) -> Rota:
    """Return the edited rota with anchors, so that the turns in force at ``now`` stay.

    ``before`` is the rota in force, with its anchors. ``known`` are all people of the new file:
    anyone else cannot be paged, and the turn passes to the next one at once. A layer is the same
    one if its name is, or without a name its position. A layer that is new, or was not in force
    yet, counts from its start. An unchanged one keeps its anchor. ``now`` is in Unix seconds.
    """
    old_layers = by_key(before)
    zone, old_zone = load_zone(after.zone), load_zone(before.zone)
    layers: list[AnyLayer] = []
    for key, layer in by_key(after).items():
        old = old_layers.get(key)
        if isinstance(layer, EventLayer):
            layers.append(layer)  # a calendar has no turns
            continue
        if old is None or isinstance(old, EventLayer):
            anchor = None
        elif before.zone == after.zone and same_rotation(old, layer):
            anchor = old.anchor and _passed_on(old.anchor, layer.turns, now, known)
        else:
            anchor = _anchor(old, old_zone, layer, zone, now, known)
        layers.append(replace(layer, anchor=anchor))
    return replace(after, layers=tuple(layers))


def by_key(rota: Rota) -> Mapping[str, AnyLayer]:
    """Return the layers by what identifies them over edits: the name, or "#" and the position."""
    return {layer.name or f"#{at}": layer for at, layer in enumerate(rota.layers, 1)}


def same_rotation(one: Layer, other: Layer) -> bool:
    """Return whether both layers have the same turns at the same times."""
    return _rotation(one) == _rotation(other)


def _rotation(layer: Layer) -> tuple[object, ...]:
    return layer.turns, layer.every, layer.unit, layer.handover, layer.start


def _passed_on(anchor: Anchor, turns: Turns, now: float, known: Collection[str]) -> Anchor:
    """Return the anchor without unknown people; the next turn begins now if none is left."""
    people = tuple(one for one in anchor.people if one in known)
    if people or not anchor.people or anchor.until <= now:
        return replace(anchor, people=people)
    return Anchor(turns[anchor.index], now, anchor.until, (anchor.index + 1) % len(turns))


def _anchor(
    old: Layer,
    old_zone: ZoneInfo,
    new: Layer,
    zone: ZoneInfo,
    now: float,
    known: Collection[str],
) -> Anchor | None:
    present = _present(old, old_zone, now)
    if present is None:
        return None
    until = turn_at(new, zone, now).end
    if new.start != old.start:
        # The one way to begin anew: after the present turn the new start counts.
        begins = start_in_text(new, zone)
        until = max(until, begins)
        first = turn_at(new, zone, begins).number
        index = (turn_at(new, zone, until).number - first) % len(new.turns)
    else:
        index = _following(old.turns, present, new.turns)
    return _passed_on(Anchor(present.people, present.since, until, index), new.turns, now, known)


def _present(layer: Layer, zone: ZoneInfo, now: float) -> _Present | None:
    """Return the turn in force, or None before the layer's start and after its end."""
    if not layer_start(layer, zone) <= now < layer_end(layer, zone):
        return None
    turn = next(turn_segments(layer, zone, now, now + 1.0))
    anchor, count = layer.anchor, len(layer.turns)
    if anchor is not None and now < anchor.until:
        return _Present(turn.people, turn.start, anchor.index % count)
    number = turn_at(layer, zone, now).number
    if anchor is not None:
        first = turn_at(layer, zone, anchor.until).number - anchor.index
    else:
        first = turn_at(layer, zone, layer_start(layer, zone)).number
    since = max(turn.start, turn_at(layer, zone, now).start)  # one member: a turn without end
    return _Present(turn.people, since, (number - first + 1) % count)


def _following(old: Turns, present: _Present, new: Turns) -> int:
    """Return the index of the new turn that comes after the present one."""
    at = _index_of(present.people, (present.following - 1) % len(old), new)
    if at is not None:
        return (at + 1) % len(new)
    for step in range(len(old)):
        successor = old[(present.following + step) % len(old)]
        at = _index_of(successor, -1, new)
        if at is not None:
            return at
    return 0


def _index_of(people: tuple[str, ...], before: int, turns: Turns) -> int | None:
    """Return where a turn stands: where it stood before, else first, else who shares a person."""
    if 0 <= before < len(turns) and turns[before] == people:
        return before
    if people in turns:
        return turns.index(people)
    return next((at for at, turn in enumerate(turns) if set(turn) & set(people)), None)

"""Schedules as rotas: what is on call together becomes several rotas that one step notifies.

A rota has one layer on call at a time, the last that applies. So rotations of one level that never
apply at the same time share a rota, and those that do are spread over several. A higher level hides
the lower ones in each of these rotas, so each of them has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.core.oncall.layers import segments
from gateway.core.oncall.types import Layer, Rota
from gateway.core.time.wallclock import load_zone
from gateway.importers.oncall.model.schedule import Rotation, ScheduleRecord
from gateway.importers.oncall.read.zones import in_zone, same_clock
from gateway.importers.oncall.write.layers import layers_of
from gateway.importers.oncall.write.overrides import overrides_of

_SEARCHED = 366 * 86400.0
"""Seconds ahead in which rotations are searched for times at which they apply together."""


@dataclass(frozen=True, slots=True)
class LayeredRotation:
    """A rotation with its layers."""

    rotation: Rotation
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class RotaDraft:
    """A rota without its id, and the rotations that the layers came from."""

    rota: Rota
    rotations: tuple[Rotation, ...]
    moved: tuple[Rotation, ...] = ()
    """Those whose clock is another one than the rota's, so that they differ across its changes."""


def rotas_of(schedule: ScheduleRecord, people: Mapping[str, str], as_of: float) -> list[RotaDraft]:
    """Return the rotas that together have the people of the schedule on call."""
    by_level: dict[int, list[list[LayeredRotation]]] = {}
    for rotation in schedule.rotations:
        layers = tuple(layers_of(rotation, people, as_of))
        if layers:
            groups = by_level.setdefault(rotation.level, [])
            _add_to_group(LayeredRotation(rotation, layers), groups, as_of)
    count = max(map(len, by_level.values()), default=1)
    drafts = []
    for index in range(count):
        stack: list[LayeredRotation] = []
        for level in sorted(by_level):
            groups = by_level[level]
            hides = level > min(by_level)
            if index < len(groups):
                others = [one for at, group in enumerate(groups) if at != index for one in group]
                stack += [*(others if hides else ()), *groups[index]]
            elif hides:
                stack += [one for group in groups for one in group]
        drafts.append(_draft(schedule, stack, people, as_of, first=index == 0))
    return drafts


def _add_to_group(
    layered: LayeredRotation, groups: list[list[LayeredRotation]], as_of: float
) -> None:
    """Add a rotation to the first group that it fits into; else it begins a group."""
    for group in groups:
        if not any(_meet(layered, other, as_of) for other in group):
            group.append(layered)
            return
    groups.append([layered])


def _meet(one: LayeredRotation, other: LayeredRotation, as_of: float) -> bool:
    """Return whether two rotations cannot share a rota: they overlap, or differ in their clock."""
    if not same_clock(one.rotation.zone, other.rotation.zone, as_of):
        return True
    end = as_of + _SEARCHED
    mine, theirs = (
        sorted(
            (segment.start, segment.end)
            for layer in each.layers
            for segment in segments(layer, load_zone(each.rotation.zone), as_of, end)
        )
        for each in (one, other)
    )
    at = 0
    for start, stop in mine:
        while at < len(theirs) and theirs[at][1] <= start:
            at += 1
        if at < len(theirs) and theirs[at][0] < stop:
            return True
    return False


def _draft(
    schedule: ScheduleRecord,
    stack: Sequence[LayeredRotation],
    people: Mapping[str, str],
    as_of: float,
    *,
    first: bool,
) -> RotaDraft:
    """Return a rota in the zone of its lowest rotation, with the exceptions that concern it."""
    zone = stack[0].rotation.zone if stack else schedule.zone
    moved = []
    layers: list[Layer] = []
    for one in stack:
        if same_clock(one.rotation.zone, zone, as_of):
            layers += one.layers
        else:
            moved.append(one.rotation)
            layers += layers_of(in_zone(one.rotation, zone, as_of), people, as_of)
    rotations = tuple(dict.fromkeys(one.rotation for one in stack))
    overrides = overrides_of(schedule, rotations, people, as_of, first=first)
    rota = Rota("", zone, tuple(_named(layers)), tuple(overrides))
    return RotaDraft(rota, rotations, tuple(moved))


def _named(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers with names that differ from each other; none for a single one."""
    if len(layers) == 1:
        return [replace(layers[0], name="")]
    used: dict[str, int] = {}
    result = []
    for layer in layers:
        name = " ".join(layer.name.split()) or "layer"
        used[name] = used.get(name, 0) + 1
        while used[name] > 1 and f"{name} {used[name]}" in used:
            used[name] += 1
        unique = name if used[name] == 1 else f"{name} {used[name]}"
        used.setdefault(unique, 1)
        result.append(replace(layer, name=unique))
    return result

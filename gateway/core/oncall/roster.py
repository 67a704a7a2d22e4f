"""Rotas and people by which changes are judged, and what a change does to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.difference import differences
from gateway.core.oncall.shifts import sweep
from gateway.core.oncall.types import Rota


@dataclass(frozen=True, slots=True)
class Roster:
    """The rotas in force with their changes, the people of routes.yaml, and who can be reached.

    `people` are names by id; `reachable` are the ids of those who have a contact.
    """

    rotas: Mapping[str, Rota]
    people: Mapping[str, str]
    reachable: Collection[str]


class Effect(NamedTuple):
    """A stretch with other people on call in a rota than before; its end excluded."""

    rota: str
    start: float
    end: float
    before: tuple[str, ...]
    after: tuple[str, ...]


def with_added(rotas: Mapping[str, Rota], changes: Iterable[RotaChange]) -> Mapping[str, Rota]:
    """Return the rotas with further changes on top of those that they have."""
    added = list(changes)
    return {
        name: replace(
            rota,
            changes=(
                *rota.changes,
                *(one.as_override() for one in added if one.applies_to(name)),
            ),
        )
        for name, rota in rotas.items()
    }


def without(rotas: Mapping[str, Rota], ids: Collection[int]) -> Mapping[str, Rota]:
    """Return the rotas without the changes of these ids."""
    texts = {str(one) for one in ids}
    return {
        name: replace(rota, changes=tuple(one for one in rota.changes if one.id not in texts))
        for name, rota in rotas.items()
    }


def find_effects(
    before: Mapping[str, Rota], after: Mapping[str, Rota], start: float, end: float
) -> list[Effect]:
    """Return where other people are on call in [start, end), by rota and time."""
    return [
        Effect(name, *one)
        for name, rota in after.items()
        if rota.changes != before[name].changes
        for one in differences(before[name], rota, start, end)
    ]


def newly_unreachable(roster: Roster, effects: Iterable[Effect]) -> list[Effect]:
    """Return the effects by which nobody can be reached where somebody could before."""
    return [
        effect
        for effect in effects
        if _reaches(roster, effect.before) and not _reaches(roster, effect.after)
    ]


def is_member(rota: Rota, person: str, start: float, end: float) -> bool:
    """Return whether a person takes turns in the rota or is on call in [start, end)."""
    if any(person in layer.members for layer in rota.layers):
        return True
    return any(person in shift.people for shift in sweep(rota, start, end))


def _reaches(roster: Roster, people: Iterable[str]) -> bool:
    return any(one in roster.reachable for one in people)

"""Changes of rotas at run time: overrides that people make, stored beside the file.

They win over the overrides of routes.yaml, which win over its layers. A change is never edited: it
is added, and later perhaps made void. Void ones are kept, so that the past stays explained.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.core.actor import Actor
from gateway.core.oncall.types import Override, Rota


@dataclass(frozen=True, slots=True)
class Voiding:
    """Why, when (unix seconds UTC) and by whom a change was made void."""

    reason: str
    at: float
    actor: Actor


@dataclass(frozen=True, slots=True)
class RotaChange:
    """An override made at run time, from `start` to `end` (unix seconds UTC, the end excluded).

    `person`, `replaces` and `beside` mean what they mean in an override of the file. `rota` is
    None for somebody who is away in every rota. `id` is 0 until the change is stored; of two that
    apply at once the later id wins. `swap` is the id of the swap that made it.
    """

    rota: str | None
    person: str | None
    start: float
    end: float
    actor: Actor
    why: str
    created_at: float
    replaces: str | None = None
    beside: bool = False
    id: int = 0
    swap: int | None = None
    voiding: Voiding | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody whom the change names."""
        return tuple(one for one in (self.person, self.replaces) if one is not None)

    def state(self, now: float) -> str:
        """Return "void", "pending", "active" or "ended"."""
        if self.voiding is not None:
            return "void"
        if now < self.start:
            return "pending"
        return "active" if now < self.end else "ended"

    def applies_to(self, rota: str) -> bool:
        """Return whether this rota has it."""
        return self.rota is None or self.rota == rota

    def as_override(self) -> Override:
        """Return what the schedule of a rota reads."""
        return Override(self.person, self.start, self.end, self.replaces, self.beside, str(self.id))


def with_changes(
    rotas: Mapping[str, Rota], people: Collection[str], changes: Iterable[RotaChange]
) -> Mapping[str, Rota]:
    """Return the rotas with the changes in force, the latest last.

    Void ones, and those that name a person or rota that is not there, are left out: another
    replica may have stored them by a newer file.
    """
    in_force = sorted(
        (one for one in changes if one.voiding is None and missing(one, rotas, people) is None),
        key=lambda change: change.id,
    )
    return {
        name: replace(
            rota, changes=tuple(one.as_override() for one in in_force if one.applies_to(name))
        )
        for name, rota in rotas.items()
    }


def missing(change: RotaChange, rotas: Collection[str], people: Collection[str]) -> str | None:
    """Return which rota or person of the change is not in routes.yaml; None if all are."""
    if change.rota is not None and change.rota not in rotas:
        return f"rota {change.rota}"
    return next((f"person {one}" for one in change.people if one not in people), None)


def void_missing(
    changes: Iterable[RotaChange],
    rotas: Collection[str],
    people: Collection[str],
    actor: Actor,
    now: float,
) -> list[RotaChange]:
    """Return the changes that are void from `now` on, because routes.yaml lacks what they name.

    They stay void if the name is added again: nobody would expect an old exception to apply.
    """
    voided = []
    for change in changes:
        name = missing(change, rotas, people)
        if name is not None and change.voiding is None and change.end > now:
            reason = f"{name} was removed from routes.yaml"
            voided.append(replace(change, voiding=Voiding(reason, now, actor)))
    return voided

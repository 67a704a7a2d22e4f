"""References of escalation steps (`rota:NAME`, `person:ID`, …), and whom they stand for."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gateway.core.errors import GatewayError
from gateway.core.oncall.members import members_at
from gateway.core.oncall.rota import Rota, on_call
from gateway.core.oncall.secondary import secondary
from gateway.core.plan.plan import Plan, Receiver
from gateway.core.text.nearest import nearest


class ReferenceKind(StrEnum):
    """The word before the colon."""

    ROTA = "rota"  # the people on call
    SECONDARY = "secondary"  # who follows them in the layer that decides
    MEMBERS = "members"  # everybody who takes turns in a rota
    PERSON = "person"
    RECEIVER = "receiver"


OF_ROTAS = (ReferenceKind.ROTA, ReferenceKind.SECONDARY, ReferenceKind.MEMBERS)
"""The kinds that name a rota."""


class Reference(NamedTuple):
    """A reference in its parts."""

    kind: ReferenceKind
    name: str


class UnknownReferenceError(GatewayError, ValueError):
    """The reference is not one, or names nothing that the plan declares."""


def check_reference(plan: Plan, text: str) -> Reference:
    """Return the parts of a reference that a person wrote.

    Raises UnknownReferenceError, with the nearest name, where nobody is declared by that name.
    """
    try:
        reference = parse_reference(text)
    except ValueError:
        kinds = ", ".join(f"{kind.value}:NAME" for kind in ReferenceKind)
        raise UnknownReferenceError(f'"{text}" names nobody: write one of {kinds}') from None
    declared: Collection[str] = plan.rotas
    if reference.kind is ReferenceKind.PERSON:
        declared = plan.people
    elif reference.kind is ReferenceKind.RECEIVER:
        declared = plan.receivers
    if reference.name not in declared:
        near = nearest(reference.name, declared)
        hint = f'; did you mean "{reference.kind.value}:{near}"?' if near else ""
        what = "rota" if reference.kind in OF_ROTAS else reference.kind.value
        raise UnknownReferenceError(
            f'"{text}" names nobody: routes.yaml declares no {what} "{reference.name}"{hint}'
        )
    return reference


@dataclass(frozen=True, slots=True)
class Referents:
    """Whom a reference stands for at one instant: people by id, or a receiver.

    `missing` says why it stands for nobody; empty otherwise.
    """

    people: tuple[str, ...] = ()
    receiver: Receiver | None = None
    missing: str = ""


def parse_reference(text: str) -> Reference:
    """Return the parts of a reference. Raises ValueError for an unknown kind."""
    kind, _, name = text.partition(":")
    return Reference(ReferenceKind(kind), name)


def resolve_reference(plan: Plan, text: str, now: float) -> Referents:
    """Return whom a reference of `notify` stands for at `now` (unix seconds).

    A receiver that a reload removed is the root's. A person may be unknown to `plan.people`.
    Raises ValueError for a kind that no checked routes.yaml has.
    """
    kind, name = parse_reference(text)
    if kind is ReferenceKind.PERSON:
        return Referents((name,))
    if kind is ReferenceKind.RECEIVER:
        return Referents(receiver=plan.receivers.get(name) or plan.receivers[plan.root.receiver])
    rota = plan.rotas.get(name)
    lookup, missing = _LOOKUPS[kind]
    people = lookup(rota, now) if rota else ()
    return Referents(people, missing="" if people else missing.format(name))


_LOOKUPS: Mapping[ReferenceKind, tuple[Callable[[Rota, float], tuple[str, ...]], str]] = {
    ReferenceKind.ROTA: (on_call, "nobody is on call in rota {}"),
    ReferenceKind.SECONDARY: (secondary, "nobody is secondary in rota {}"),
    ReferenceKind.MEMBERS: (members_at, "rota {} has no members now"),
}
"""For each kind that names a rota: the people at an instant, and the words for nobody."""

"""Round robin: whose turn it is to be paged first by a step (`round_robin: true`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from gateway.core.plan.plan import Step

Turns = Mapping[str, Sequence[str]]
"""By `step_key`: people whose turn has come, the latest last."""

NO_TURNS: Turns = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that an incident took: the step, by its key, and the person who is paged."""

    step: str
    person: str


def step_key(escalation: str, step: Step) -> str:
    """Return the identity of a step for its turns: it survives steps put before it."""
    return "\n".join((escalation, *step.notify))


def whose_turn(candidates: Sequence[str], turns: Sequence[str], before: Sequence[str] = ()) -> str:
    """Return the candidate whose last turn is the longest ago; those without one come first.

    Among these the order of the candidates counts. `before` are the people whom the step has paged
    for the same incident: anyone else comes first. `candidates` is not empty.
    """
    last = {person: position for position, person in enumerate(turns)}
    return min(candidates, key=lambda person: (before.count(person), last.get(person, -1)))


def picked(step: Step, people: Sequence[str]) -> Step:
    """Return the step for these people only; for none, the whole step."""
    if not people:
        return step
    return replace(step, notify=tuple(f"person:{person}" for person in dict.fromkeys(people)))

"""Who hears it: receivers, people and rotas resolved to targets at one instant."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.oncall.rota import on_call
from gateway.core.plan.channels import CONTACT_CHANNELS
from gateway.core.plan.plan import Person, Plan, Receiver, Step, Target


@dataclass(frozen=True, slots=True)
class ResolvedTargets:
    """The targets of a step, and for each reference that led nowhere a sentence saying why."""

    targets: tuple[Target, ...]
    people: tuple[str, ...]
    missing: tuple[str, ...]


def receiver_of(plan: Plan, name: str) -> Receiver:
    """The receiver of that name, or the root route's when a reload took it away."""
    return plan.receivers.get(name) or plan.receivers[plan.root.receiver]


def fallback_of(plan: Plan, receiver: Receiver) -> Receiver:
    """Who hears what this receiver could not be told."""
    return receiver_of(plan, receiver.fallback or plan.root.receiver)


def person_targets(person: Person, by: Iterable[str] = ()) -> tuple[Target, ...]:
    """The person's contacts among the channels `by`, or all of them."""
    return tuple(
        Target(channel, person.contacts[channel], person.id)
        for channel in tuple(by) or CONTACT_CHANNELS
        if person.contacts.get(channel)
    )


def step_targets(plan: Plan, step: Step, now: float) -> ResolvedTargets:
    """Resolve one escalation step at `now`. Nobody is dropped in silence: see `missing`."""
    targets: dict[str, Target] = {}
    people: list[str] = []
    missing: list[str] = []
    for reference in step.notify:
        sort, _, name = reference.partition(":")
        if sort == "receiver":
            found = receiver_of(plan, name).targets
            if not found:
                missing.append(f"receiver {name} has no targets")
            targets.update((target.key, target) for target in found)
            continue
        if sort == "rota":
            members = on_call(plan.rotas[name], now) if name in plan.rotas else ()
            if not members:
                missing.append(f"nobody is on call in rota {name}")
        else:
            members = (name,)
        for member in members:
            person = plan.people.get(member)
            found = person_targets(person, step.by) if person else ()
            if found:
                people.append(member)
            else:
                missing.append(f"{member} has no contact by {', '.join(step.by) or 'any channel'}")
            targets.update((target.key, target) for target in found)
    return ResolvedTargets(tuple(targets.values()), tuple(people), tuple(missing))

"""Recipients: receivers, people and rotas resolved to targets at one instant."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import Plan, Receiver, Step, Target
from gateway.core.plan.references import resolve_reference


@dataclass(frozen=True, slots=True)
class ResolvedTargets:
    """The targets of a step, and a sentence for each reference that has none.

    `skipped` has a sentence for each contact that the step names and a person reached otherwise
    lacks.
    """

    targets: tuple[Target, ...]
    people: tuple[str, ...]
    missing: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def receiver_of(plan: Plan, name: str) -> Receiver:
    """Return the receiver of that name, or the root route's if a reload removed it."""
    return plan.receivers.get(name) or plan.receivers[plan.root.receiver]


def fallback_of(plan: Plan, receiver: Receiver) -> Receiver:
    """Return the receiver that is notified if this one cannot be reached."""
    return receiver_of(plan, receiver.fallback or plan.root.receiver)


def contact_target(person: Person, contact: Contact) -> Target:
    """Return the target of one contact."""
    return Target(contact.channel, contact.address, person.id, account=contact.account)


def person_targets(person: Person, by: Iterable[str] = ()) -> tuple[Target, ...]:
    """Return the targets of the person's contacts of these names, or of all contacts."""
    return tuple(
        contact_target(person, person.contacts[name])
        for name in tuple(by) or person.contacts
        if name in person.contacts
    )


def step_targets(plan: Plan, step: Step, now: float) -> ResolvedTargets:
    """Resolve one escalation step at `now`; `missing` says which references have no targets."""
    targets: dict[str, Target] = {}
    people: list[str] = []
    missing: list[str] = []
    skipped: list[str] = []
    for reference in step.notify:
        referents = resolve_reference(plan, reference, now)
        if referents.missing:
            missing.append(referents.missing)
        if referents.receiver is not None:
            own = referents.receiver.targets
            if not own:
                missing.append(f"receiver {referents.receiver.name} has no targets")
            targets.update((target.key, target) for target in own)
        for member in referents.people:
            person = plan.people.get(member)
            own = person_targets(person, step.by) if person else ()
            if own and person:
                people.append(member)
                lacking = [one for one in step.by if one not in person.contacts]
                skipped += [f"{person.name} has no contact {one}" for one in lacking]
            else:
                missing.append(f"{member} has no contact by {', '.join(step.by) or 'any channel'}")
            targets.update((target.key, target) for target in own)
    return ResolvedTargets(tuple(targets.values()), tuple(people), tuple(missing), tuple(skipped))

"""Recipients: receivers, people and rotas resolved to targets at one instant."""

from dataclasses import dataclass

from gateway.core.alerts.labels import Labels
from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import NOTHING, Plan, Receiver, Step, Target
from gateway.core.plan.references import resolve_reference


@dataclass(frozen=True, slots=True)
class ResolvedTargets:
    """The targets of a step, and a sentence for each reference that has none.

    `targets` are those of its receivers (`direct`) and of the people's contacts, at once or later.
    `skipped` has a sentence for each contact that the step names and a person reached otherwise
    lacks.
    """

    targets: tuple[Target, ...]
    direct: tuple[Target, ...]
    people: tuple[str, ...]
    missing: tuple[str, ...]
    skipped: tuple[str, ...]


def receiver_of(plan: Plan, name: str) -> Receiver:
    """Return the receiver of that name, or the root route's if a reload removed it."""
    return plan.receivers.get(name) or plan.receivers[plan.root.receiver]


def fallback_of(plan: Plan, receiver: Receiver) -> Receiver:
    """Return the receiver that is notified if this one cannot be reached."""
    return receiver_of(plan, receiver.fallback or plan.root.receiver)


def targets_for(receiver: Receiver, labels: Labels) -> tuple[Target, ...]:
    """Return a receiver's targets for an alert or a group with these labels, each once."""
    if not receiver.by_label:
        return receiver.targets
    targets = {target.key: target for target in receiver.fixed_targets}
    for one in receiver.by_label:
        target = one.choose(labels).target
        targets.setdefault(target.key, target)
    return tuple(targets.values())


def contact_target(person: Person, contact: Contact) -> Target:
    """Return the target of one contact."""
    return Target(contact.channel, contact.address, person.id, account=contact.account)


def person_targets(
    plan: Plan, person: Person, by: tuple[str, ...] = (), *, urgent: bool = True
) -> tuple[Target, ...]:
    """Return the targets that the person's rules, or else the contacts `by`, use at any time.

    Contacts that are known not to work are left out.
    """
    targets = (
        contact_target(person, person.contacts[rule.by])
        for rule in person.rules(urgent=urgent, by=by)
    )
    return tuple(target for target in targets if target.key not in plan.unusable_contacts)


def step_targets(
    plan: Plan, step: Step, now: float, labels: Labels = NOTHING, *, urgent: bool = True
) -> ResolvedTargets:
    """Resolve one escalation step at `now`; `missing` says which references have no targets.

    `urgent` says which of the people's rules apply. `labels` choose the targets of receivers that
    depend on them.
    """
    targets: dict[str, Target] = {}
    direct: dict[str, Target] = {}
    people: list[str] = []
    missing: list[str] = []
    skipped: list[str] = []
    for reference in step.notify:
        referents = resolve_reference(plan, reference, now)
        if referents.missing:
            missing.append(referents.missing)
        if referents.receiver is not None:
            own = targets_for(referents.receiver, labels)
            if not own:
                missing.append(f"receiver {referents.receiver.name} has no targets")
            direct.update((target.key, target) for target in own)
            targets.update((target.key, target) for target in own)
        for member in referents.people:
            person = plan.people.get(member)
            own = person_targets(plan, person, step.by, urgent=urgent) if person else ()
            if own and person:
                people.append(member)
                skipped += _lacking(person, step.by, urgent=urgent)
            else:
                missing.append(_unreachable(plan, member, step.by, urgent=urgent))
            targets.update((target.key, target) for target in own)
    return ResolvedTargets(
        tuple(targets.values()),
        tuple(direct.values()),
        tuple(dict.fromkeys(people)),
        tuple(missing),
        tuple(skipped),
    )


def unusable_text(plan: Plan, person: Person, contact: Contact) -> str:
    """Return why a contact cannot be used, as a sentence; empty if it can."""
    reason = plan.unusable_contacts.get(contact_target(person, contact).key)
    return "" if reason is None else f"{contact.name} of {person.name} is not usable: {reason}"


def _lacking(person: Person, by: tuple[str, ...], *, urgent: bool) -> list[str]:
    if (person.urgent_rules if urgent else person.other_rules) is not None:
        return []  # their own rules apply, not the step's `by`
    return [f"{person.name} has no contact {one}" for one in by if one not in person.contacts]


def _unreachable(plan: Plan, member: str, by: tuple[str, ...], *, urgent: bool) -> str:
    """Return why nothing can be sent to a person."""
    person = plan.people.get(member)
    rules = person.rules(urgent=urgent, by=by) if person else ()
    if person and rules:
        return "; ".join(unusable_text(plan, person, person.contacts[rule.by]) for rule in rules)
    if person and (person.urgent_rules if urgent else person.other_rules) is not None:
        return f"{member} has no rules for {'urgent' if urgent else 'other'} notifications"
    return f"{member} has no contact by {', '.join(by) or 'any channel'}"

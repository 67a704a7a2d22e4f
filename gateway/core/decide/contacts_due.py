"""When the contacts of a person are notified, by the rules in force. Pure.

One function for the decision itself, for `due_at`, and for everything that shows what is pending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.plan.recipients import contact_target


@dataclass(frozen=True, slots=True)
class ContactDue:
    """A contact that is still to be notified. Instants are Unix seconds.

    `at` is when that happens. It is `due_at`, by the person's rules, unless the person's quiet
    hours last longer (`quiet`). An unusable contact is skipped then.
    """

    person: Person
    contact: Contact
    target: Target
    due_at: float
    at: float
    quiet: bool
    usable: bool


def contacts_due(
    state: PersonalState, plan: Plan, now: float, *, urgent: bool
) -> Iterator[ContactDue]:
    """Yield the contacts of one person that are not notified yet, in the order of the rules.

    What waits for the end of quiet hours is due at once where the incident is urgent. After a
    contact that is unusable, or did not reach the person, the next rule is due without its delay.
    """
    person = plan.people.get(state.person)
    if person is None:
        return
    waiting, used, unusable = dict.fromkeys(state.waiting), state.used, plan.unusable_contacts
    if state.since is not None:
        instead_at = inf  # when the failing contact of the rule before was due
        for rule in person.rules(urgent=urgent, by=state.by):
            if rule.by in used and not unusable and not state.unreached:
                continue  # nearly always: each evaluation comes here for each person
            contact = person.contacts[rule.by]
            target = contact_target(person, contact)
            due_at = min(state.earlier.get(rule.by, state.since) + rule.after, instead_at)
            usable = target.key not in unusable
            instead_at = inf if usable and rule.by not in state.unreached else due_at
            if rule.by not in used:
                waiting.pop(rule.by, None)
                yield _due(person, contact, target, due_at, now, urgent=urgent, usable=usable)
    for name in waiting:
        if name in person.contacts:
            contact = person.contacts[name]
            target = contact_target(person, contact)
            usable = target.key not in unusable
            yield _due(person, contact, target, now, now, urgent=urgent, usable=usable)


def _due(
    person: Person,
    contact: Contact,
    target: Target,
    due_at: float,
    now: float,
    *,
    urgent: bool,
    usable: bool,
) -> ContactDue:
    quiet_until = person.quiet_until(max(due_at, now), urgent=urgent) if usable else None
    at = due_at if quiet_until is None else quiet_until
    return ContactDue(person, contact, target, due_at, at, quiet_until is not None, usable)


def is_urgent(incident: Incident, plan: Plan) -> bool:
    """Return whether an incident was urgent when it was last notified."""
    return plan.is_urgent(UNKNOWN_RANK if incident.rank is None else incident.rank)


def pending_contacts(incident: Incident, plan: Plan, now: float) -> Sequence[ContactDue]:
    """Return the personal notifications to come if nothing changes, the next one first.

    Empty while nothing is notified by itself: after the end, and while everything that fires is
    silenced or inhibited.
    """
    if not incident.open or incident.suppressed:
        return ()
    pending = [
        due
        for state in incident.personal
        for due in contacts_due(state, plan, now, urgent=is_urgent(incident, plan))
        if due.usable
    ]
    return sorted(pending, key=lambda due: due.at)

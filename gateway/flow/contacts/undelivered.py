"""A message that a vendor accepted and could not deliver: the next contact, or the fallback."""

from dataclasses import replace

from gateway.core.decide.contacts_due import contacts_due, is_urgent
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.personal_state import PersonalState, state_of
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import contact_target
from gateway.flow.delivery.fallback import fall_back_from_bounce
from gateway.store import Tx
from gateway.store.state import incidents, schedule


def go_on_without(tx: Tx, notice: Notice, plan: Plan, now: float, note: str) -> None:
    """Make the person's next contact due now; without one, notify the fallback receiver.

    `note` says what happened to the message.
    """
    incident = incidents.get(tx, notice.incident) if notice.incident is not None else None
    if incident is None:
        return
    before = state_of(incident.personal, notice.target.person or "")
    state = None if before is None else _without(before, notice, plan)
    if before is not None and state is not None and _has_next(incident, state, plan, now):
        others = [state if one is before else one for one in incident.personal]
        incidents.save(tx, [replace(incident, personal=tuple(others))])
        schedule.move_due_earlier(tx, [(incident.number, now)])
        return
    fall_back_from_bounce(tx, notice, plan, now, note)


def _without(state: PersonalState, notice: Notice, plan: Plan) -> PersonalState | None:
    """Return the state in which the notice's contact has not reached the person."""
    person = plan.people.get(state.person)
    if person is None:
        return None
    key = notice.target.key
    names = [one.name for one in person.contacts.values() if contact_target(person, one).key == key]
    return replace(state, unreached=tuple(dict.fromkeys((*state.unreached, *names))))


def _has_next(incident: Incident, state: PersonalState, plan: Plan, now: float) -> bool:
    urgent = is_urgent(incident, plan)
    return any(due.usable for due in contacts_due(state, plan, now, urgent=urgent))

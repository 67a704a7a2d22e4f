"""What actions require of an incident and of their arguments, as sentences for the person."""

from gateway.core.decide.result import ActionOutcome, ActionResult, refused
from gateway.core.incidents.incident import Incident
from gateway.core.plan.plan import Plan
from gateway.core.text.nearest import nearest


def refusal_unless_open(incident: Incident) -> ActionResult | None:
    """Return the refusal for a resolved incident; None for an open one."""
    return None if incident.open else ActionResult(ActionOutcome.RESOLVED, incident)


def refusal_unless_person(
    incident: Incident, plan: Plan, person: str, field: str
) -> ActionResult | None:
    """Return the refusal for somebody whom routes.yaml does not declare; None for a person."""
    if person in plan.people:
        return None
    near = nearest(person, plan.people)
    hint = f"; did you mean {near}?" if near else ""
    known = ", ".join(sorted(plan.people)) or "nobody"
    return refused(incident, f'routes.yaml declares no person "{person}"{hint} ({known})', field)


def plural(count: int, noun: str) -> str:
    """Return "1 alert", "2 alerts"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"

"""Names and time zones of people, for pages and explanations."""

from gateway.core.plan.plan import Plan
from gateway.render.view.clean import clean


def zone_for(plan: Plan, person: str = "") -> str:
    """Return the time zone for a reader: their own, else that of the business hours."""
    declared = plan.people.get(person)
    return declared.timezone if declared else plan.business_hours.zone


def name_of(plan: Plan, person: str) -> str:
    """Return the name of a person for display; an unknown id is shown as it is, made safe."""
    declared = plan.people.get(person)
    return declared.name if declared else clean(plan.name_of(person), 80)

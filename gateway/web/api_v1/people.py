"""Endpoint `GET /people`: who can be notified, and how."""

from gateway.core.plan import person as core
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import contact_target
from gateway.core.plan.target_name import target_name
from gateway.flow.engine import Engine
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import people as models


async def list_people(engine: Engine, query: requests.NoQuery) -> models.People:
    """List all people with their contacts, notification rules and quiet hours."""
    plan = engine.plan
    return models.People(people=[_person(plan, one) for one in plan.people.values()])


def _person(plan: Plan, person: core.Person) -> models.Person:
    hours = person.quiet_hours
    return models.Person(
        id=person.id,
        name=person.name,
        timezone=person.timezone,
        contacts=[_contact(plan, person, one) for one in person.contacts.values()],
        urgent=_rules(person.urgent_rules),
        other=_rules(person.other_rules),
        quiet_hours=hours
        and models.QuietHours(start=f"{hours.start:%H:%M}", end=f"{hours.end:%H:%M}"),
    )


def _contact(plan: Plan, person: core.Person, contact: core.Contact) -> models.Contact:
    target = contact_target(person, contact)
    return models.Contact(
        name=contact.name,
        channel=contact.channel,
        account=contact.account,
        display=target_name(target),
        unusable=plan.unusable_contacts.get(target.key),
    )


def _rules(rules: core.PersonalRules | None) -> list[models.PersonalRule] | None:
    if rules is None:
        return None
    return [models.PersonalRule(by=rule.by, after=rule.after) for rule in rules]

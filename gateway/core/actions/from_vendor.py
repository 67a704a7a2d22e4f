"""The action that follows from what somebody did at a vendor. Pure.

Events are read as states: an event that says what already holds changes nothing, so the echo of
the gateway's own events does not either. Only people acknowledge, resolve, reopen and escalate: an
acknowledgement by a program is an echo, or means that nobody has read it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.actions.comment import LONGEST_COMMENT
from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, ActorKind
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.vendor_event import VendorEvent, VendorEventKind, VendorUser
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line

NAME = 60
"""Characters of a vendor's user name in timelines and messages."""

BY_PROGRAM = "no person did it: it is an echo, or the vendor's own rule"
HOLDS_ALREADY = "it is so here already"
TOO_OLD = "somebody has done something else here since then"
UNKNOWN_ASSIGNEE = "no person of routes.yaml has the assignee's e-mail address"


@dataclass(frozen=True, slots=True)
class Step:
    """An action to run, or why none follows."""

    why: str = ""
    name: ActionName | None = None
    actor: Actor | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with the people it is about, and when its incident last lost its acknowledgement.

    `assignee` is None for somebody whom routes.yaml does not have.
    """

    event: VendorEvent
    actor: Actor
    assignee: Person | None
    undone_at: float


def actor_of(user: VendorUser | None, person: Person | None, vendor: str) -> Actor:
    """Return who acted at the vendor: a person of routes.yaml, or the vendor's user by name.

    The name has the vendor before it, so that nobody becomes a person of routes.yaml by a name.
    """
    if person is not None:
        return Actor(ActorKind.PERSON, person.id, vendor, verified=True)
    name = one_line(user.name or user.id, NAME) if user is not None else vendor
    return Actor(ActorKind.VENDOR, f"{vendor}:{name}", vendor, verified=True)


def person_of_email(plan: Plan, email: str) -> Person | None:
    """Return the only person with this e-mail address; None for nobody or several."""
    folded = email.strip().casefold()
    matches = [
        person
        for person in plan.people.values()
        if any(
            spec_of(one.channel).address is AddressKind.EMAIL and one.address.casefold() == folded
            for one in person.contacts.values()
        )
    ]
    return matches[0] if len(matches) == 1 else None


def step_after(happening: Happening, incident: Incident) -> Step:
    """Return the action that follows from an event, or why none does."""
    event = happening.event
    rule = _RULES.get(event.kind)
    if rule is None:
        return Step(f"{one_line(event.name, NAME)} changes nothing here")
    by_people = event.kind not in (VendorEventKind.UNACKNOWLEDGED, VendorEventKind.COMMENTED)
    if by_people and event.user is None:
        return Step(BY_PROGRAM)
    return rule(happening, incident)


def _acknowledged(happening: Happening, incident: Incident) -> Step:
    if not incident.open:
        return Step(HOLDS_ALREADY)
    if happening.undone_at > happening.event.at:
        return Step(TOO_OLD)
    return Step(name=ActionName.ACK, actor=happening.actor)


def _unacknowledged(happening: Happening, incident: Incident) -> Step:
    if incident.ack is None:
        return Step(HOLDS_ALREADY)
    if incident.ack.at > happening.event.at:
        return Step(TOO_OLD)
    return Step(name=ActionName.UNACK, actor=happening.actor)


def _resolved(happening: Happening, incident: Incident) -> Step:
    if not incident.open:
        return Step(HOLDS_ALREADY)
    return Step(name=ActionName.RESOLVE, actor=happening.actor)


def _reopened(happening: Happening, incident: Incident) -> Step:
    if incident.open:
        return Step(HOLDS_ALREADY)
    return Step(name=ActionName.REOPEN, actor=happening.actor)


def _reassigned(happening: Happening, incident: Incident) -> Step:
    """Give it to the assignee: at once if they have acknowledged, else by an offer or a page."""
    to, ack, responses = happening.assignee, incident.ack, incident.responses
    if to is None:
        return Step(UNKNOWN_ASSIGNEE)
    if not incident.open or (ack is not None and ack.by == to.id):
        return Step(HOLDS_ALREADY)
    if happening.event.acknowledged:
        holder = {} if ack is None else {"holder": ack.by}
        actor = Actor(ActorKind.PERSON, to.id, happening.actor.via, verified=True)
        return Step(name=ActionName.TAKE, actor=actor, arguments=holder)
    if ack is None:
        people = {"references": [f"person:{to.id}"]}
        return Step(name=ActionName.PAGE, actor=happening.actor, arguments=people)
    if responses.offer is not None and responses.offer.to == to.id:
        return Step(HOLDS_ALREADY)
    return Step(name=ActionName.HANDOVER, actor=happening.actor, arguments={"to": to.id})


def _escalated(happening: Happening, incident: Incident) -> Step:
    if not incident.open:
        return Step(HOLDS_ALREADY)
    return Step(name=ActionName.ESCALATE, actor=happening.actor)


def _commented(happening: Happening, incident: Incident) -> Step:
    text = happening.event.text.strip()[:LONGEST_COMMENT]
    if not text:
        return Step("the note is empty")
    return Step(name=ActionName.COMMENT, actor=happening.actor, arguments={"text": text})


_RULES: Mapping[VendorEventKind, Callable[[Happening, Incident], Step]] = {
    VendorEventKind.ACKNOWLEDGED: _acknowledged,
    VendorEventKind.UNACKNOWLEDGED: _unacknowledged,
    VendorEventKind.RESOLVED: _resolved,
    VendorEventKind.REOPENED: _reopened,
    VendorEventKind.REASSIGNED: _reassigned,
    VendorEventKind.ESCALATED: _escalated,
    VendorEventKind.COMMENTED: _commented,
}

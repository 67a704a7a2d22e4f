"""Text messages to the gateway: each acts once, and the outcome is the answer.

A sender's number can be forged. So a number acts only on incidents that its owner was notified of
by it, and the actor counts as not verified.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, ActorKind
from gateway.core.decide.result import ActionResult
from gateway.core.errors import GatewayError
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.text_reply import TextCommand, TextReply, parse_text_reply
from gateway.core.incidents.vendor_event import Cause
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import contact_target
from gateway.flow.contacts.contact_health import NOTIFIED_WITHIN, ContactHealth
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.flow.dispatch.respond import IncidentAction
from gateway.flow.inbound.outcome_text import outcome_text
from gateway.store import Store, Tx, outbox
from gateway.store.state import callback_events, contact_health, incidents

log = logging.getLogger(__name__)

HELP = "Not understood. Write ACK, UNACK, TAKE, ESCALATE, RESOLVE or COMMENT, and the number."
HELP_EVERY = 3600.0
"""Seconds in which a person gets HELP once: two automatic answers would never end. Lower: they
cost more before somebody notices."""

LISTED = 3
"""Incidents in one answer; a text message holds no more."""

STOPPED = "the person has sent STOP; START to the same number allows messages again"


class UnknownNumberError(GatewayError):
    """The sender's number is no person's; what it asks for is ignored."""


@dataclass(frozen=True, slots=True)
class InboundText:
    """An authentic post about one message; who sent it is not proven.

    `id` is the vendor's, the same when it is posted again.
    """

    id: str
    sender: str
    text: str


class TextReplies:
    """Acts on text messages. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        respond: Callable[[IncidentAction], Awaitable[ActionResult]],
        contacts: ContactHealth,
    ) -> None:
        """`respond` stores an action, as `Dispatcher.respond` does."""
        self._store = store
        self._plan = plan
        self._now = now
        self._respond = respond
        self._contacts = contacts

    async def record(self, account: ChannelSettings, message: InboundText) -> str:
        """Act on a message; return the answer, or an empty text where nothing is answered.

        Raises UnknownNumberError for a number of nobody, and StoreUnavailableError.
        """
        people = people_of_number(self._plan(), message.sender)
        if not people:
            raise UnknownNumberError("no person of routes.yaml has the sender's number")
        reply = parse_text_reply(message.text)
        if reply is None:
            return await self._help(account, people[0])
        if reply.command is TextCommand.CARRIER:
            return ""
        if reply.command in (TextCommand.STOP, TextCommand.START):
            await self._opt(account, message, reply.command)
            return ""
        person, numbers = await self._candidates(people, message.sender, reply)
        if len(numbers) == 1:
            return await self._act(account, message, person, numbers[0], reply)
        if reply.number is not None:
            return f"Not done: you were not notified of #{reply.number} at this number."
        return await self._which(numbers)

    async def _candidates(
        self, people: Sequence[Person], sender: str, reply: TextReply
    ) -> tuple[Person, list[int]]:
        """Return who acts, and the incidents that the message may be about.

        Of several people with one number, the first who was notified of one by it.
        """
        since = self._now() - NOTIFIED_WITHIN
        for person in people:
            read = partial(_notified, person=person, sender=sender, since=since, reply=reply)
            numbers = await self._store.read(read)
            if numbers:
                return person, numbers
        return people[0], []

    async def _act(
        self,
        account: ChannelSettings,
        message: InboundText,
        person: Person,
        number: int,
        reply: TextReply,
    ) -> str:
        actor = Actor(ActorKind.PERSON, person.id, account.type)
        event = f"text:{message.id}"
        name = _ACTIONS[reply.command]
        needs_text = reply.command in (TextCommand.ESCALATE, TextCommand.COMMENT)
        arguments = {"text": reply.text} if needs_text and reply.text else {}
        try:
            result = await self._respond(
                IncidentAction(number, name, actor, arguments, cause=Cause(account.name, event))
            )
            if reply.command is TextCommand.ACKNOWLEDGE and reply.text:
                cause = Cause(account.name, f"{event}:comment")
                comment = {"text": reply.text}
                await self._respond(
                    IncidentAction(number, ActionName.COMMENT, actor, comment, cause=cause)
                )
        except RepeatedEventError:
            return ""
        except KeyError:
            return f"Not done: there is no #{number} any more."
        return outcome_text(self._plan(), result)

    async def _opt(
        self, account: ChannelSettings, message: InboundText, command: TextCommand
    ) -> None:
        stopped = command is TextCommand.STOP
        kind = ContactEventKind.BOUNCED if stopped else ContactEventKind.REACTIVATED
        event = ContactEvent(f"text:{message.id}", message.sender, kind, STOPPED if stopped else "")
        outcome = await self._contacts.record(account.name, event)
        log.info("%s by text message: %s", command.value, outcome or "recorded")

    async def _which(self, numbers: Sequence[int]) -> str:
        if not numbers:
            return "Nothing done: no open incident was sent to this number."
        listed = ", ".join(f"#{number}" for number in numbers[:LISTED])
        more = f" and {len(numbers) - LISTED} more" if len(numbers) > LISTED else ""
        return f"Which one? Add the number: {listed}{more}."

    async def _help(self, account: ChannelSettings, person: Person) -> str:
        now = self._now()
        event = f"help:{person.id}:{int(now // HELP_EVERY)}"
        is_new = partial(
            callback_events.is_new_event,
            account=account.name,
            event=event,
            now=now,
            outcome="not understood",
        )
        return HELP if await self._store.write(is_new) else ""


_ACTIONS: Mapping[TextCommand, ActionName] = {
    TextCommand.ACKNOWLEDGE: ActionName.ACK,
    TextCommand.UNDO: ActionName.UNACK,
    TextCommand.TAKE: ActionName.TAKE,
    TextCommand.ESCALATE: ActionName.ESCALATE,
    TextCommand.RESOLVE: ActionName.RESOLVE,
    TextCommand.COMMENT: ActionName.COMMENT,
}


def people_of_number(plan: Plan, number: str) -> list[Person]:
    """Return the people with a contact at this number."""
    return [
        person
        for person in plan.people.values()
        if any(contact.address == number for contact in person.contacts.values())
    ]


def _notified(tx: Tx, person: Person, sender: str, since: float, reply: TextReply) -> list[int]:
    """Return the incidents that were sent to the person at this number, the newest first."""
    keys = [
        contact_target(person, one).key for one in person.contacts.values() if one.address == sender
    ]
    if reply.number is not None:
        known = outbox.notified_since(tx, reply.number, since)
        return [reply.number] if known.intersection(keys) else []
    numbers = contact_health.incidents_notified(tx, keys, [person.id], since)
    stored = [one for number in numbers if (one := incidents.get(tx, number)) is not None]
    if reply.command is TextCommand.ACKNOWLEDGE:
        stored = [one for one in stored if one.ack is None] or stored
    return sorted((one.number for one in stored if _may_be_meant(one)), reverse=True)


def _may_be_meant(incident: Incident) -> bool:
    """Return whether a message without a number may be about an incident."""
    return incident.open and incident.responses.merged_into is None

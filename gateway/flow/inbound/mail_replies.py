"""Replies to the gateway's mails: each acts once, as the person to whom the mail was sent.

The token in the address proves that the sender has the mail, and `From` must be the address of the
person whom the token was signed for. `From` alone proves nothing, and a forwarded mail takes its
token along: neither is enough without the other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.channels.email.mail import split_sender
from gateway.channels.email.reply_text import new_text
from gateway.core.actions.answer import answer
from gateway.core.actions.from_vendor import person_of_email
from gateway.core.actions.table import ActionName, ActionSpec
from gateway.core.actor import Actor, verified_person
from gateway.core.decide.result import ActionResult
from gateway.core.errors import GatewayError
from gateway.core.incidents.inbound_mail import (
    InboundMail,
    MailCommand,
    command_of,
    why_nobodys,
)
from gateway.core.incidents.vendor_event import Cause
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan, Target
from gateway.core.plan.recipients import contact_target
from gateway.flow.dispatch.caused import RepeatedEventError
from gateway.flow.dispatch.respond import IncidentAction
from gateway.links import ExpiredLinkError, ForgedLinkError, Links

log = logging.getLogger(__name__)

MOST_TOKENS = 10
"""Tokens of one mail that are verified."""

ANSWER_EVERY = 3600.0
"""Seconds in which a person gets one answer about an incident. Shorter: a robot that imitates a
person is answered more often."""

CONFIRM = 'To resolve it, open the link below, choose "Resolve" and press "Resolve now".'


class RefusedMailError(GatewayError):
    """A mail that acts on nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer(IncidentAction):
    """A mail to the person who acts; it is no action that anybody can ask for."""

    @property
    def spec(self) -> ActionSpec:
        """The function that decides it."""
        return ActionSpec(answer)


class MailReplies:
    """Acts on replies. Used from the event loop."""

    def __init__(
        self,
        plan: Callable[[], Plan],
        links: Links,
        now: Callable[[], float],
        respond: Callable[[IncidentAction], Awaitable[ActionResult]],
    ) -> None:
        """`respond` stores an action, as `Dispatcher.respond` does."""
        self._plan = plan
        self._links = links
        self._now = now
        self._respond = respond

    async def record(self, account: ChannelSettings, mail: InboundMail) -> str:
        """Act on a mail; return why nothing follows, or an empty text.

        Raises RefusedMailError for a mail of nobody, and StoreUnavailableError.
        """
        address = account.options.get("inbound_address", "")
        if not address:
            raise RefusedMailError("the account has no inbound_address: in routes.yaml")
        own = [address, split_sender(account.options.get("from", "")).address]
        reason = why_nobodys(mail, own)
        if reason:
            raise RefusedMailError(reason)
        person = person_of_email(self._plan(), mail.sender)
        if person is None:
            raise RefusedMailError("no person of routes.yaml has the sender's address")
        number = self._number(mail, person)
        text = await asyncio.to_thread(new_text, mail.text, mail.html)
        if not text:
            raise RefusedMailError("it has no new text above the quoted mail")
        return await self._act(account, mail, person, number, text)

    def _number(self, mail: InboundMail, person: Person) -> int:
        """Return the incident that the mail's token is for. Raises RefusedMailError."""
        expired = False
        for token in mail.tokens[:MOST_TOKENS]:
            try:
                return self._links.read_reply(token, person.id, self._now())
            except ExpiredLinkError:
                expired = True
            except ForgedLinkError:
                continue
        if expired:
            raise RefusedMailError("its reply address has expired: reply to a newer mail")
        raise RefusedMailError("its reply address was not made for this sender")

    async def _act(
        self, account: ChannelSettings, mail: InboundMail, person: Person, number: int, text: str
    ) -> str:
        command, rest = command_of(text)
        actor = verified_person(person.id, account.type)
        event = f"mail:{mail.id}"
        name, arguments = _ACTIONS[command]
        if command is None or (command is MailCommand.ESCALATE and rest):
            arguments = {"text": rest}
        target = _target(person, mail.sender)
        try:
            if command is MailCommand.RESOLVE:
                await self._answer(account, number, actor, target, CONFIRM)
                return ""
            action = IncidentAction(
                number, name, actor, arguments, cause=Cause(account.name, event)
            )
            result = await self._respond(action)
            if command in _WITH_COMMENT and rest:
                cause = Cause(account.name, f"{event}:comment")
                comment = {"text": rest}
                await self._respond(
                    IncidentAction(number, ActionName.COMMENT, actor, comment, cause=cause)
                )
        except RepeatedEventError:
            return "this mail was acted upon before"
        except KeyError:
            raise RefusedMailError(f"incident #{number} is not stored any more") from None
        if result.decision is not None:
            return ""
        why = result.why or f"Nothing changed: {result.answer.value}"
        await self._answer(account, number, actor, target, why)
        return why

    async def _answer(
        self, account: ChannelSettings, number: int, actor: Actor, target: Target, text: str
    ) -> None:
        """Send a person a mail about what they asked for, once in ANSWER_EVERY seconds."""
        period = int(self._now() // ANSWER_EVERY)
        cause = Cause(account.name, f"answer:{actor.id}:{period}")
        arguments = {"target": target, "text": text}
        try:
            await self._respond(Answer(number, ActionName.COMMENT, actor, arguments, cause=cause))
        except RepeatedEventError:
            log.info("not answered again within the hour", extra={"incident": number})


_ACTIONS: Mapping[MailCommand | None, tuple[ActionName, Mapping[str, str]]] = {
    None: (ActionName.COMMENT, {}),
    MailCommand.ACKNOWLEDGE: (ActionName.ACK, {}),
    MailCommand.ESCALATE: (ActionName.ESCALATE, {}),
    MailCommand.RESOLVE: (ActionName.RESOLVE, {}),
    MailCommand.ACCEPT: (ActionName.ACK, {}),
    MailCommand.DECLINE: (ActionName.DECLINE, {}),
    MailCommand.USEFUL: (ActionName.USEFUL, {}),
    MailCommand.NOISE: (ActionName.NOISE, {}),
}

_WITH_COMMENT = frozenset(MailCommand) - {MailCommand.ESCALATE, MailCommand.RESOLVE}
"""Commands after which further text is a comment; that of an escalation is for those called."""


def _target(person: Person, address: str) -> Target:
    """Return the target of the contact that a mail came from."""
    folded = address.strip().casefold()
    return next(
        contact_target(person, one)
        for one in person.contacts.values()
        if spec_of(one.channel).address is AddressKind.EMAIL and one.address.casefold() == folded
    )

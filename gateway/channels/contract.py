"""The one interface between the outbox and the vendors."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import FIRING_KINDS, SHIFT_KINDS, NoticeKind
from gateway.core.plan.channels import Capability, ChannelSpec
from gateway.core.plan.plan import Target


class Channel(Protocol):
    """Sends finished messages to one kind of target.

    A channel makes one attempt per `send` and decides nothing about retries: the outbox does, by
    the Failure that the channel reports. It keeps no state that a restart would lose, except
    connections.
    """

    @property
    def spec(self) -> ChannelSpec:
        """Its name, the parts of its messages and its capabilities."""

    @property
    def in_flight(self) -> int:
        """The number of sends that may run at once; more would wait in the channel."""

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Return whether it can send such a notice; see `accepts_notice`."""

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Deliver once and return what the next delivery of this incident must know.

        A `message.reduced` is sent in its simplest form: without what the vendor may have refused,
        with what must be read at night. `receipt` is that of the last delivery of the same
        incident to the same target. Raises SendError and nothing else, except for cancellation.
        """

    def problem(self) -> str:
        """Return what is wrong with its threads, as `/readyz` shows it.

        Empty when nothing is.

        Not whether sending works: the outbox knows that.
        """

    async def close(self) -> None:
        """Release connections and threads, after a short wait for sends in flight."""


@runtime_checkable
class ShowsOnCall(Protocol):
    """A channel that can also show who is on call outside of messages.

    Both methods change something only where it differs, and return whether they did. They raise
    SendError and nothing else, except for cancellation.
    """

    async def show_topic(self, channel: str, label: str, people: str) -> bool:
        """Let the topic of a channel say `label: people`; the rest of the topic stays."""

    async def show_members(self, group: str, members: Collection[str]) -> bool:
        """Make a group consist of these members; without any it stays as it is."""


@runtime_checkable
class TakesReplies(Protocol):
    """A channel whose messages may be replied to."""

    @property
    def takes_replies(self) -> bool:
        """Return whether replies to its messages reach the gateway."""


@runtime_checkable
class Speaks(Protocol):
    """A channel of calls: what is read to a person are documents in the vendor's markup."""

    def script(self, message: Message) -> str:
        """Return the document that reads a message and asks for a key."""

    def last_words(self, text: str) -> str:
        """Return the document that reads a text and ends the call."""


@runtime_checkable
class ChecksAccount(Protocol):
    """A channel whose vendor can be asked whether the account's credentials are valid."""

    async def check_account(self) -> str | None:
        """Return whose account it is, in the vendor's words; None if the vendor cannot be asked.

        The request changes nothing and notifies nobody. Raises SendError and nothing else, except
        for cancellation.
        """


class IncidentDirectory(Protocol):
    """A vendor that keeps incidents and users, and can be asked about them.

    Both methods raise SendError and nothing else, except for cancellation.
    """

    async def keys_of(self, incident: str) -> list[str]:
        """Return our keys in one of the vendor's incidents; empty where it cannot be asked."""

    async def email_of(self, user: str) -> str:
        """Return a user's e-mail address; empty where it cannot be asked or has none."""


@runtime_checkable
class KnowsIncidents(Protocol):
    """A channel whose vendor may be asked about its incidents."""

    def incident_directory(self) -> IncidentDirectory | None:
        """Return what can be asked; None if nothing can."""


@runtime_checkable
class AnswersRequests(Protocol):
    """A channel that can answer the person who pressed a button, or wrote a command or a reply.

    Both methods raise SendError and nothing else, except for cancellation.
    """

    async def answer(self, url: str, content: Mapping[str, Any]) -> None:
        """Post content to the URL that the vendor sent with a request, once.

        Only the vendor's own host is accepted, because the URL comes from outside.
        """

    async def notify_user(self, channel: str, user: str, thread: str, text: str) -> None:
        """Show a text in a thread of a channel to one user alone."""


CALLING_KINDS = (FIRING_KINDS | {NoticeKind.TEST}) - {NoticeKind.DIGEST}
"""Kinds that people are called about: those that ask for a response."""


def accepts_notice(spec: ChannelSpec, kind: NoticeKind, *, quiet: bool) -> bool:
    """Return whether a channel with this spec can send a notice of this kind.

    A notice that is refused here is never sent. In place of a digest, the notices that it would
    stand for are sent one by one.
    """
    if quiet and not spec.can(Capability.QUIET_UPDATES):
        return False
    if spec.can(Capability.CALLS):
        return kind in CALLING_KINDS
    if kind is NoticeKind.DIGEST:
        return spec.can(Capability.DIGESTS)
    if kind in SHIFT_KINDS:
        return spec.can(Capability.SHIFT_MESSAGES)
    if kind is NoticeKind.UPDATE:
        return spec.can(Capability.UPDATES)
    if kind is NoticeKind.REPORT:
        return spec.can(Capability.REPORTS)
    about_response = kind in (NoticeKind.ACKNOWLEDGED, NoticeKind.MISSED)
    return not about_response or spec.can(Capability.ACKNOWLEDGEMENTS)

"""What every channel is: the one seam between the outbox and the vendors."""

from typing import Protocol

from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.plan import Target


class Channel(Protocol):
    """Carries finished messages to one kind of target.

    A channel makes one attempt per `send` and decides nothing about trying again: the outbox does,
    with the Failure that the channel reports. It keeps no state that a restart would miss, except
    connections.
    """

    @property
    def name(self) -> str:
        """The channel's name in routes.yaml: email, slack, …"""

    @property
    def parts(self) -> tuple[str, ...]:
        """The template parts that it needs in Message.parts."""

    @property
    def edits(self) -> bool:
        """Whether it updates its earlier message in place, by the receipt of the last delivery."""

    @property
    def in_flight(self) -> int:
        """How many sends may run at once; more would wait inside the channel."""

    def accepts(self, kind: NoticeKind, quiet: bool) -> bool:
        """Whether it has a way to say this.

        `quiet` notices are only worth an update in place. A channel that does not accept
        Kind.DIGEST must be sent each notice by itself, never a digest.
        """

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Deliver once and return what the next delivery of this incident must know.

        A `message.reduced` is sent in its simplest form: what the vendor may have refused is left
        out, and what must be read at night stays.
        `receipt` is that of the last delivery of the same incident to the same target. Raises
        SendError and nothing else (cancellation apart).
        """

    def problem(self) -> str:
        """What is wrong with its threads, as `/readyz` shows it; empty when nothing is.

        Not whether sending works: the outbox knows that.
        """

    async def close(self) -> None:
        """Let go of connections and threads. What is in flight gets a moment to end."""

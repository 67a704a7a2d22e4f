"""Channels in place of others: where an account is missing, or one target lacks its secret."""

from gateway.channels.contract import Channel
from gateway.core.delivery import Failure, SendError
from gateway.core.message import Message, Receipt
from gateway.core.notice import Kind
from gateway.core.plan import Target


class NoAccount:
    """A channel that routes.yaml does not declare, or no more: notices to it wait for an admin.

    They are retried slowly and the fallback is told, as with any misconfigured channel.
    """

    edits = False
    in_flight = 4

    def __init__(self, name: str, parts: tuple[str, ...]) -> None:
        self.name = name
        self.parts = parts

    def accepts(self, kind: Kind, quiet: bool) -> bool:
        """Whatever anybody may be owed."""
        return not quiet

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Never delivers."""
        raise SendError(
            Failure.MISCONFIGURED, f"routes.yaml has no account for {self.name} under channels:"
        )

    def problem(self) -> str:
        """Nothing: it has no threads."""
        return ""

    async def close(self) -> None:
        """Nothing to let go."""


class ByTarget:
    """Sends, except to targets whose provider is `console`: those are shown instead.

    So one receiver's missing routing key keeps no other receiver from being paged.
    """

    def __init__(self, real: Channel, shown: Channel) -> None:
        self.name = real.name
        self.parts = real.parts
        self.edits = real.edits
        self.in_flight = real.in_flight
        self._real = real
        self._shown = shown

    def accepts(self, kind: Kind, quiet: bool) -> bool:
        """As the real channel."""
        return self._real.accepts(kind, quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """See Channel.send."""
        shown = target.options.get("provider") == "console"
        channel = self._shown if shown else self._real
        return await channel.send(message, target, receipt)

    def problem(self) -> str:
        """That of the real channel."""
        return self._real.problem()

    async def close(self) -> None:
        """Close both."""
        await self._real.close()
        await self._shown.close()

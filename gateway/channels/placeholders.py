"""Channels in place of others: where an account is missing, or one target lacks its secret."""

from collections.abc import Mapping

from gateway.channels.contract import Channel
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from gateway.core.plan.target_name import references


class UnconfiguredChannel:
    """A channel that routes.yaml does not declare, or no more: notices to it wait for an admin.

    They are retried slowly and the fallback is told, as with any misconfigured channel.
    """

    edits = False
    in_flight = 4

    def __init__(self, name: str, parts: tuple[str, ...], why: str = "") -> None:
        """`why` says what is missing; by default the whole account."""
        self.name = name
        self.parts = parts
        self._why = why or f"routes.yaml has no account for {name} under channels:"

    def accepts(self, kind: NoticeKind, quiet: bool) -> bool:
        """Whatever anybody may be owed."""
        return not quiet

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Never delivers."""
        raise SendError(Failure.MISCONFIGURED, self._why, scope=Scope.ACCOUNT)

    def problem(self) -> str:
        """Nothing: it has no threads."""
        return ""

    async def close(self) -> None:
        """Nothing to let go."""


class PerTargetChannel:
    """Sends, except to targets whose provider is `console`: those are shown instead.

    So one receiver's missing routing key keeps no other receiver from being paged. A target whose
    own secret is empty is misconfigured.
    """

    def __init__(self, real: Channel, shown: Channel, secrets: Mapping[str, Secret]) -> None:
        self.name = real.name
        self.parts = real.parts
        self.edits = real.edits
        self.in_flight = real.in_flight
        self._real = real
        self._shown = shown
        self._secrets = secrets

    def accepts(self, kind: NoticeKind, quiet: bool) -> bool:
        """As the real channel."""
        return self._real.accepts(kind, quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """See Channel.send."""
        shown = target.options.get("provider") == "console"
        secret = self._secrets.get(target.address)
        if not shown and secret is not None and not secret.reveal():
            raise SendError(Failure.MISCONFIGURED, f"{references(target.address)} is not set")
        channel = self._shown if shown else self._real
        return await channel.send(message, target, receipt)

    def problem(self) -> str:
        """That of the real channel."""
        return self._real.problem()

    async def close(self) -> None:
        """Close both."""
        await self._real.close()
        await self._shown.close()

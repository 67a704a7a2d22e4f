"""Channels in place of others: where an account is missing, or one target lacks its secret."""

from collections.abc import Mapping

from gateway.channels.contract import (
    Channel,
    ChecksAccount,
    IncidentDirectory,
    KnowsIncidents,
    TakesReplies,
)
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import ChannelSpec
from gateway.core.plan.plan import Target
from gateway.core.plan.target_name import references


class UnconfiguredChannel:
    """A channel without an account: notices to it wait until an admin adds one.

    They are retried slowly and the fallback is notified, as with any misconfigured channel.
    """

    in_flight = 4

    def __init__(self, spec: ChannelSpec, reason: str = "") -> None:
        """`reason` says what is missing; by default the whole account."""
        self.spec = spec
        self.reason = reason or f"routes.yaml has no account for {spec.name} under channels:"

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept every notice that somebody must get, and no quiet update."""
        return not quiet

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Raise SendError: nothing can be delivered."""
        raise SendError(Failure.MISCONFIGURED, self.reason, scope=Scope.ACCOUNT)

    def problem(self) -> str:
        """Return empty text: it has no threads."""
        return ""

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""


class PerTargetChannel:
    """Sends, except to targets whose provider is `console`: their messages are printed.

    So one receiver's missing routing key keeps no other receiver from being paged. A target whose
    own secret is empty is misconfigured.
    """

    def __init__(self, vendor: Channel, console: Channel, secrets: Mapping[str, Secret]) -> None:
        self.spec = vendor.spec
        self.in_flight = vendor.in_flight
        self._vendor = vendor
        self._console = console
        self._secrets = secrets

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept what the vendor's channel accepts."""
        return self._vendor.accepts(kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Send or print, by the target's provider. See Channel.send."""
        if target.options.get("provider") == "console":
            return await self._console.send(message, target, receipt)
        secret = self._secrets.get(target.address)
        if secret is not None and not secret.reveal():
            raise SendError(Failure.MISCONFIGURED, f"{references(target.address)} is not set")
        return await self._vendor.send(message, target, receipt)

    @property
    def takes_replies(self) -> bool:
        """Return that of the vendor's channel. See TakesReplies."""
        vendor: object = self._vendor
        return isinstance(vendor, TakesReplies) and vendor.takes_replies

    def incident_directory(self) -> IncidentDirectory | None:
        """Return that of the vendor's channel. See KnowsIncidents."""
        vendor: object = self._vendor
        return vendor.incident_directory() if isinstance(vendor, KnowsIncidents) else None

    async def check_account(self) -> str | None:
        """Return that of the vendor's channel. See ChecksAccount."""
        vendor: object = self._vendor
        return await vendor.check_account() if isinstance(vendor, ChecksAccount) else None

    def problem(self) -> str:
        """Return that of the vendor's channel."""
        return self._vendor.problem()

    async def close(self) -> None:
        """Close both."""
        await self._vendor.close()
        await self._console.close()

"""Senders of all accounts, and the channels and templates of the configuration in force."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from gateway.channels.contract import (
    AnswersRequests,
    Channel,
    IncidentDirectory,
    KnowsIncidents,
    ShowsOnCall,
    Speaks,
)
from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.plan import UNKNOWN_RANK, Plan
from gateway.flow.delivery.compose import Composer
from gateway.flow.delivery.sender import Outlet, Sender
from gateway.flow.runtime import heap
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.flow.runtime.dependencies import Dependencies
from gateway.flow.runtime.dispatch_result import DispatchResult
from gateway.flow.runtime.health import Health
from gateway.render.request import RenderRequest
from gateway.render.service import RenderService
from gateway.store import outbox

CLOSE_TIMEOUT = 1.0
"""Seconds that a stop gives each channel to close; attempts in flight have ended before that."""


class SenderPool:
    """One sender for each account, by account key. Used from the event loop, except `accepts`."""

    def __init__(
        self,
        dependencies: Dependencies,
        plan: Callable[[], Plan],
        start_sender: Callable[[Sender], None],
        contacts_changed: Callable[[], None],
    ) -> None:
        """`start_sender` gets each new sender, to run its loop.

        `contacts_changed` is called when the health of a contact was stored.
        """
        self._contacts_changed = contacts_changed
        self._dependencies = dependencies
        self._plan = plan
        self._start_sender = start_sender
        self._renderer = dependencies.renderer()
        self._composer = Composer(
            plan,
            lambda: self._renderer,
            dependencies.links,
            dependencies.now,
            dependencies.metrics,
        )
        self._channels: dict[str, Channel] = {}
        self._retired: list[Channel] = []
        self._retired_renderers: list[RenderService] = []
        self.senders: dict[str, Sender] = {}

    def adopt(self, channels: Mapping[str, Channel], renderer: RenderService | None = None) -> None:
        """Deliver by these from now on; what is in flight ends by those before."""
        self._retired.extend(self._channels.values())
        self._channels = dict(channels)  # replaced, not changed: `accepts` runs in other threads
        if renderer is not None:
            self._retired_renderers.append(self._renderer)
            self._renderer = renderer
        for account_key in channels:
            self.sender(account_key)

    def sender(self, account_key: str) -> Sender:
        """Return the sender of an account, also of one that was removed from the configuration."""
        sender = self.senders.get(account_key)
        if sender is None:
            outlet = Outlet(
                self._plan,
                lambda: self._channels.get(account_key),
                self.accepts,
                self._composer.compose,
                self._contacts_changed,
            )
            sender = self.senders[account_key] = Sender(account_key, self._dependencies, outlet)
            self._start_sender(sender)
        return sender

    def accepts(self, account_key: str, kind: NoticeKind, *, quiet: bool) -> bool:
        """Return whether an account can send such a notice. Any thread.

        An account that was removed accepts everything: its notices become dead letters, which
        people see.
        """
        configured = self._channels.get(account_key)
        return configured is None or configured.accepts(kind, quiet=quiet)

    def shows_on_call(self, account_key: str) -> ShowsOnCall | None:
        """Return an account that can show who is on call; None where it cannot."""
        channel: object = self._channels.get(account_key)
        return channel if isinstance(channel, ShowsOnCall) else None

    def incident_directory(self, account_key: str) -> IncidentDirectory | None:
        """Return an account whose vendor can be asked about its incidents; None for others."""
        channel: object = self._channels.get(account_key)
        return channel.incident_directory() if isinstance(channel, KnowsIncidents) else None

    def answers_requests(self, account_key: str) -> AnswersRequests | None:
        """Return an account that can answer people's requests; None where it cannot."""
        channel: object = self._channels.get(account_key)
        return channel if isinstance(channel, AnswersRequests) else None

    async def script(self, notice: Notice) -> str:
        """Return what a call about a notice reads; empty where its account makes no calls."""
        channel = self._channels.get(notice.target.account_key)
        speaker: object = channel
        if channel is None or not isinstance(speaker, Speaks):
            return ""
        return speaker.script(await self._composer.compose(notice, notice.kind, channel))

    def last_words(self, account_key: str, text: str) -> str:
        """Return what an account's call reads at its end; empty where it makes no calls."""
        channel: object = self._channels.get(account_key)
        return channel.last_words(text) if isinstance(channel, Speaks) else ""

    def capacity(self) -> dict[str, int]:
        """Return how many claimed notices each sender takes, by account key."""
        return {key: sender.capacity() for key, sender in self.senders.items()}

    def distribute(self, result: DispatchResult) -> None:
        """Give senders what dispatch claimed for them, and wake those with unclaimed notices."""
        by_account: dict[str, list[ClaimedNotice]] = {}
        for claimed_notice in result.claimed_notices:
            account_key = claimed_notice.notice.target.account_key
            by_account.setdefault(account_key, []).append(claimed_notice)
        for account_key, claimed_notices in by_account.items():
            self.sender(account_key).enqueue(claimed_notices, result.began)
        for account_key in result.account_keys:
            self.sender(account_key).wake()

    async def preview(self, request: RenderRequest) -> Message:
        """Render a message that is not sent, with the templates in force."""
        return await self._renderer.render(request, rank=UNKNOWN_RANK)

    def wake(self) -> None:
        """Wake all senders."""
        for sender in self.senders.values():
            sender.wake()

    def health(self, now: float) -> list[Health]:
        """Return the health of the accounts and of the templates."""
        components = []
        for account_key, sender in self.senders.items():
            since = sender.health.failing_since
            texts = []
            if since is not None and now - since > self._dependencies.stuck_after:
                failure = sender.health.failing_with
                texts.append(f"nothing delivered for {now - since:.0f} s: {failure}")
            channel = self._channels.get(account_key)
            if channel is not None and (problem := channel.problem()):
                texts.append(problem)
            _, account = split_account_key(account_key)
            components.append(Health(f"channel {account}", "; ".join(texts), ok=not texts))
        problem = self._renderer.problem
        components.append(Health("templates", problem, ok=not problem))
        return components

    async def start(self) -> None:
        """Prepare the templates for the first message."""
        await self._renderer.start()

    async def find_removed(self) -> None:
        """Start senders for accounts that routes.yaml no longer has and that notices wait for.

        Otherwise they would wait for ever. Raises StoreUnavailableError.
        """
        for account_key in await self._dependencies.store.read(outbox.waiting_accounts):
            self.sender(account_key)

    async def close_retired(self) -> None:
        """Close what earlier configurations used, once no attempt uses it any more.

        Each is closed by itself: under a steady load some attempt is always in flight.
        """
        unused = [
            channel
            for channel in self._retired
            if not any(sender.uses(channel) for sender in self.senders.values())
        ]
        self._retired = [channel for channel in self._retired if channel not in unused]
        for channel in unused:
            await channel.close()
        idle = [renderer for renderer in self._retired_renderers if not renderer.busy]
        self._retired_renderers = [one for one in self._retired_renderers if one.busy]
        for renderer in idle:
            await renderer.close()
        if unused or idle:
            heap.collect()

    async def stop(self) -> bool:
        """Let attempts in flight end; return whether all of them are recorded."""
        errors = await asyncio.gather(
            *(sender.stop(self._dependencies.patience) for sender in self.senders.values()),
            return_exceptions=True,
        )
        return not any(errors)

    async def close(self) -> None:
        """Close the channels and the templates."""
        used: list[Channel | RenderService] = [*self._channels.values(), *self._retired]
        used += [*self._retired_renderers, self._renderer]
        for each in used:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await each.close()

"""Delivery: the channels of the configuration in force, a courier for each, and their words."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from gateway.channels.contract import Channel
from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.sender import Sender, message_of
from gateway.flow.runtime import heap
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.flow.runtime.dependencies import Dependencies, Health
from gateway.flow.runtime.dispatch_result import DispatchResult
from gateway.render.service import RenderService
from gateway.render.view.links import links_from

LINK_VALID_FOR = 48 * 3600.0
"""Seconds for which an acknowledge link works, from the sending of its message."""

CLOSING = 1.0
"""Seconds that a stop gives each channel to close; what was in flight has ended before that."""


class SenderPool:
    """Channels and couriers. `start_sender` is told of each new courier, to give it a loop."""

    def __init__(
        self,
        dependencies: Dependencies,
        plan: Callable[[], Plan],
        start_sender: Callable[[Sender], None],
    ) -> None:
        self._dependencies = dependencies
        self._plan = plan
        self._start_sender = start_sender
        self._renderer = dependencies.renderer()
        self._channels: dict[str, Channel] = {}
        self._retired: list[Channel] = []
        self._retired_renderers: list[RenderService] = []
        self.senders: dict[str, Sender] = {}

    def adopt(self, channels: Mapping[str, Channel], renderer: RenderService | None = None) -> None:
        """Deliver by these from now on; what is in flight ends by those before."""
        self._retired.extend(self._channels.values())
        self._channels = dict(channels)
        if renderer is not None:
            self._retired_renderers.append(self._renderer)
            self._renderer = renderer
        for name in channels:
            self.sender(name)

    def sender(self, name: str) -> Sender:
        """The courier of a channel, also of one that no configuration knows any more."""
        sender = self.senders.get(name)
        if sender is None:
            sender = Sender(
                name,
                self._dependencies.store,
                self._dependencies.claimant,
                self._plan,
                lambda: self._channels.get(name),
                self.accepts,
                self._compose,
                self._dependencies.metrics,
                self._dependencies.now,
                self._dependencies.spread,
                self._dependencies.monotonic,
            )
            self.senders[name] = sender
            self._start_sender(sender)
        return sender

    def accepts(self, channel: str, kind: NoticeKind, quiet: bool) -> bool:
        """Whether a channel has a way to say this. One that is gone takes it, and fails loudly."""
        known = self._channels.get(channel)
        return known is None or known.accepts(kind, quiet)

    def capacity(self) -> dict[str, int]:
        """How many notices each courier could begin at once."""
        return {name: sender.capacity() for name, sender in self.senders.items()}

    def distribute(self, done: DispatchResult) -> None:
        """Give couriers what was claimed for them, and wake those that have something to claim."""
        claimed_notices: dict[str, list[ClaimedNotice]] = {}
        for claimed_notice in done.claimed_notices:
            claimed_notices.setdefault(claimed_notice.notice.target.channel, []).append(
                claimed_notice
            )
        for channel, claimed in claimed_notices.items():
            self.sender(channel).enqueue(claimed, done.began)
        for channel in done.channels:
            self.sender(channel).wake()

    def wake(self) -> None:
        """Let every courier look."""
        for sender in self.senders.values():
            sender.wake()

    def health(self, now: float) -> list[Health]:
        """The channels, as far as sending by them works."""
        found = []
        for name, sender in self.senders.items():
            since = sender.failing_since
            bad = since is not None and now - since > self._dependencies.stuck_after
            text = f"nothing delivered for {now - (since or now):.0f} s: {sender.failing_with}"
            channel = self._channels.get(name)
            trouble = "" if channel is None else channel.problem()
            text = _joined(text if bad else "", trouble)
            found.append(Health(f"channel {name}", not text, text))
        problem = self._renderer.problem
        found.append(Health("templates", not problem, problem))
        return found

    async def start(self) -> None:
        """Prepare the templates for the first message."""
        await self._renderer.start()

    async def close_retired(self) -> None:
        """Close what earlier configurations used, once nothing is sent by it any more.

        Each for itself: under a steady load there is hardly an instant at which nothing is sent.
        """
        unused = [
            channel
            for channel in self._retired
            if not any(sender.uses(channel) for sender in self.senders.values())
        ]
        self._retired = [channel for channel in self._retired if channel not in unused]
        for channel in unused:
            await channel.close()
        idle = [words for words in self._retired_renderers if not words.busy]
        self._retired_renderers = [words for words in self._retired_renderers if words.busy]
        for words in idle:
            await words.close()
        if unused or idle:
            heap.collect()

    async def stop(self) -> bool:
        """Let what is in flight end; returns whether all of it is on record."""
        left = await asyncio.gather(
            *(sender.stop(self._dependencies.patience) for sender in self.senders.values()),
            return_exceptions=True,
        )
        return not any(left)

    async def close(self) -> None:
        """Close the channels and the templates."""
        used: list[Channel | RenderService] = [*self._channels.values(), *self._retired]
        used += [*self._retired_renderers, self._renderer]
        for each in used:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await each.close()

    async def _compose(self, notice: Notice, kind: NoticeKind, channel: Channel) -> Message:
        return await message_of(
            notice,
            kind,
            channel,
            render=self._renderer.render,
            links=self._links,
            lines=self._lines,
            zone=self._zone,
            external_url=self._dependencies.links.external_url,
        )

    def _links(self, notice: Notice, facts: Mapping[str, object]) -> list[Link]:
        links, own = list(links_from(facts)), self._dependencies.links
        if notice.kind is NoticeKind.DIGEST:
            links.append(Link("list", "All incidents", own.incidents()))
        if notice.incident is None:
            return links
        number, who = notice.incident, notice.target.person or ""
        links.append(Link("incident", f"Incident #{number}", own.incident(number)))
        url = self._acknowledge(notice, number)
        if facts.get("status") == "firing":
            links.append(Link("acknowledge", "Acknowledge", url))
        elif facts.get("status") == "acknowledged":
            ack = facts.get("ack")
            holder = ack.get("by") if isinstance(ack, Mapping) else None
            if not who or who != holder:
                links.append(Link("take", "Take over", url))
            links.append(Link("undo", "Undo", url))
        return links

    def _acknowledge(self, notice: Notice, number: int) -> str:
        person, expires_at = notice.target.person or "", self._dependencies.now() + LINK_VALID_FOR
        return self._dependencies.links.acknowledge(number, person, expires_at)

    def _lines(self, notice: Notice, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The lines of a digest with their links. Links are signed when sent, never stored."""
        linked = []
        for line in lines:
            number = line.get("incident")
            links = {}
            if isinstance(number, int):
                links["url"] = self._dependencies.links.incident(number)
                if line.get("status") == "firing":
                    links["acknowledge"] = self._acknowledge(notice, number)
            linked.append({**line, **links})
        return linked

    def _zone(self, notice: Notice) -> str:
        plan = self._plan()
        person = plan.people.get(notice.target.person or "")
        return person.timezone if person else plan.business_hours.zone


def _joined(*texts: str) -> str:
    """The texts that say something, in one."""
    return "; ".join(filter(None, texts))

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
from gateway.flow.delivery.courier import Courier, message_of
from gateway.flow.runtime import heap
from gateway.flow.runtime.dependencies import Health, Parts
from gateway.flow.runtime.dispatched import Dispatched
from gateway.flow.runtime.errand import Errand
from gateway.render.service import RenderService
from gateway.render.view.links import links_from

LINK_LIFE = 48 * 3600.0
"""Seconds for which an acknowledge link works, from the sending of its message."""

CLOSING = 1.0
"""Seconds that a stop gives each channel to close; what was in flight has ended before that."""


class Delivery:
    """Channels and couriers. `begin` is told of each new courier, to give it a loop."""

    def __init__(
        self, parts: Parts, plan: Callable[[], Plan], begin: Callable[[Courier], None]
    ) -> None:
        self._parts = parts
        self._plan = plan
        self._begin = begin
        self._renderer = parts.renderer()
        self._channels: dict[str, Channel] = {}
        self._retired: list[Channel] = []
        self._retired_words: list[RenderService] = []
        self.couriers: dict[str, Courier] = {}

    def adopt(self, channels: Mapping[str, Channel], renderer: RenderService | None = None) -> None:
        """Deliver by these from now on; what is in flight ends by those before."""
        self._retired.extend(self._channels.values())
        self._channels = dict(channels)
        if renderer is not None:
            self._retired_words.append(self._renderer)
            self._renderer = renderer
        for name in channels:
            self.courier(name)

    def courier(self, name: str) -> Courier:
        """The courier of a channel, also of one that no configuration knows any more."""
        courier = self.couriers.get(name)
        if courier is None:
            courier = Courier(
                name,
                self._parts.store,
                self._parts.claimant,
                self._plan,
                lambda: self._channels.get(name),
                self.accepts,
                self._words,
                self._parts.metrics,
                self._parts.now,
                self._parts.spread,
                self._parts.monotonic,
            )
            self.couriers[name] = courier
            self._begin(courier)
        return courier

    def accepts(self, channel: str, kind: NoticeKind, quiet: bool) -> bool:
        """Whether a channel has a way to say this. One that is gone takes it, and fails loudly."""
        known = self._channels.get(channel)
        return known is None or known.accepts(kind, quiet)

    def room(self) -> dict[str, int]:
        """How many notices each courier could begin at once."""
        return {name: courier.room() for name, courier in self.couriers.items()}

    def hand_out(self, done: Dispatched) -> None:
        """Give couriers what was claimed for them, and wake those that have something to claim."""
        errands: dict[str, list[Errand]] = {}
        for errand in done.errands:
            errands.setdefault(errand.notice.target.channel, []).append(errand)
        for channel, claimed in errands.items():
            self.courier(channel).hand(claimed, done.began)
        for channel in done.channels:
            self.courier(channel).wake()

    def wake(self) -> None:
        """Let every courier look."""
        for courier in self.couriers.values():
            courier.wake()

    def health(self, now: float) -> list[Health]:
        """The channels, as far as sending by them works."""
        found = []
        for name, courier in self.couriers.items():
            since = courier.failing_since
            bad = since is not None and now - since > self._parts.stuck_after
            text = f"nothing delivered for {now - (since or now):.0f} s: {courier.failing_with}"
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
            if not any(courier.uses(channel) for courier in self.couriers.values())
        ]
        self._retired = [channel for channel in self._retired if channel not in unused]
        for channel in unused:
            await channel.close()
        idle = [words for words in self._retired_words if not words.busy]
        self._retired_words = [words for words in self._retired_words if words.busy]
        for words in idle:
            await words.close()
        if unused or idle:
            heap.collect()

    async def stop(self) -> bool:
        """Let what is in flight end; returns whether all of it is on record."""
        left = await asyncio.gather(
            *(courier.stop(self._parts.patience) for courier in self.couriers.values()),
            return_exceptions=True,
        )
        return not any(left)

    async def close(self) -> None:
        """Close the channels and the templates."""
        used: list[Channel | RenderService] = [*self._channels.values(), *self._retired]
        used += [*self._retired_words, self._renderer]
        for each in used:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await each.close()

    async def _words(self, notice: Notice, kind: NoticeKind, channel: Channel) -> Message:
        return await message_of(
            notice,
            kind,
            channel,
            render=self._renderer.render,
            links=self._links,
            lines=self._lines,
            zone=self._zone,
            external_url=self._parts.links.external_url,
        )

    def _links(self, notice: Notice, facts: Mapping[str, object]) -> list[Link]:
        links, own = list(links_from(facts)), self._parts.links
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
        person, expires_at = notice.target.person or "", self._parts.now() + LINK_LIFE
        return self._parts.links.acknowledge(number, person, expires_at)

    def _lines(self, notice: Notice, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The lines of a digest with their links. Links are signed when sent, never stored."""
        linked = []
        for line in lines:
            number = line.get("incident")
            links = {}
            if isinstance(number, int):
                links["url"] = self._parts.links.incident(number)
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

"""A courier serves one channel: claims its notices, sends them, and has the outcome recorded.

Each channel has its own, so that a dead vendor holds up nobody else (promise 13). What runs at
once is bounded by the channel; what is claimed but not begun waits in order of importance.
"""

import asyncio
import heapq
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import orjson

from gateway import clock
from gateway.channels.contract import Channel
from gateway.channels.support.http_errors import masked
from gateway.clock import is_skewed
from gateway.core.decide.facts import without_ends
from gateway.core.incidents.hold import Hold, wait_for
from gateway.core.incidents.message import Link, Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import PRINTED_TEXT, Notice, Result
from gateway.core.incidents.retry import PERMANENT, Claimant, Failure, SendError
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import CHANNEL_NAMES
from gateway.flow.delivery import holding
from gateway.flow.delivery.digests import fold_digests
from gateway.flow.delivery.outcome import Outcome, record
from gateway.flow.delivery.queue_heads import Accepts, claim
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.render.view.links import links_from, unsafe_links_text
from gateway.store import Store, Tx, outbox

if TYPE_CHECKING:
    from gateway.metrics import Metrics

log = logging.getLogger(__name__)

ROUNDS_AHEAD = 8
"""Rounds of sends that may wait claimed, so that sending goes on while a commit waits for the disk.
Two where digests are understood: what is claimed leaves alone and cannot fold into one any more."""

ComposeMessage = Callable[[Notice, NoticeKind, Channel], Awaitable[Message]]


class Sender:
    """Delivers for one channel."""

    def __init__(
        self,
        name: str,
        store: Store,
        claimant: Claimant,
        plan: Callable[[], Plan],
        channel: Callable[[], Channel | None],
        accepts: Accepts,
        words: ComposeMessage,
        metrics: "Metrics",
        now: Callable[[], float],
        spread: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self.name = name
        self._store = store
        self._claimant = claimant
        self._plan = plan
        self._channel = channel
        self._accepts = accepts
        self._compose = words
        self._metrics = metrics
        self._now = now
        self._spread = spread
        self._monotonic = monotonic
        self._queue: list[tuple[int, int, float, ClaimedNotice]] = []
        self._sending: dict[asyncio.Task[None], tuple[ClaimedNotice, Channel | None]] = {}
        self._outcomes: list[Outcome] = []
        self._unstarted: list[int] = []
        self.holds: tuple[Hold, ...] = ()
        self._wake = asyncio.Event()
        self._stopping = False
        self.attempts = 0
        self.last_success: float | None = None
        self.failing_since: float | None = None
        self.failing_with = ""

    # What others call.

    def wake(self) -> None:
        """There may be something to do in the outbox."""
        self._wake.set()

    def start_sends(self) -> None:
        """Send what waits here, the most important first."""
        self._start_sends(self._channel())

    def capacity(self) -> int:
        """How many notices may be handed over, already claimed."""
        channel = self._channel()
        if channel is None or self._stopping or self.holds:
            return 0
        rounds = 2 if self._folds_digests() else ROUNDS_AHEAD
        return max(0, rounds * channel.in_flight - len(self._queue) - len(self._sending))

    def enqueue(self, claimed_notices: Iterable[ClaimedNotice], claimed_at: float) -> None:
        """Take notices that were claimed for this replica as they were stored, and begin with the
        most important: before anything else that the same commit sets going, such as answers.

        `claimed_at`: monotonic seconds, not after the claim."""
        for claimed_notice in claimed_notices:
            self._push(claimed_notice, self._claimant.until(claimed_at))
        self.start_sends()

    def withdraw(self, incident: int, kinds: Collection[NoticeKind]) -> list[int]:
        """Take back notices of an incident that were claimed but not begun; returns their ids.

        They are handed back with the next round, unless somebody cancels them before.
        """
        back = [e for e in self._queue if e[-1].notice.incident == incident and e[-1].kind in kinds]
        if not back:
            return []
        self._queue = [entry for entry in self._queue if entry not in back]
        heapq.heapify(self._queue)
        ids = [entry[-1].notice.id for entry in back]
        self._unstarted += ids
        self._wake.set()
        return ids

    def uses(self, channel: Channel) -> bool:
        """Whether anything is being sent by this channel, which a reload may have replaced."""
        return any(used is channel for _, used in self._sending.values())

    @property
    def idle(self) -> bool:
        """Nothing queued, nothing in flight, nothing unrecorded."""
        return not (self._queue or self._sending or self._outcomes)

    # The loop.

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Claim, send and record, for ever; `mark_healthy` is called after each round."""
        while True:
            self._wake.clear()
            pause = await self.step()
            mark_healthy()
            if pause > 0:
                try:
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def step(self) -> float:
        """One round; returns the seconds until the next unless woken."""
        channel = self._channel()
        now = self._now()
        self.holds = tuple(hold for hold in self.holds if hold.until > now)
        self._start_sends(channel)
        wanted, claimed_at = self._claim_limit(channel), self._monotonic()
        claimed_notices, next_at = await self._record_and_claim(wanted, now)
        for claimed_notice in claimed_notices:
            self._push(claimed_notice, self._claimant.until(claimed_at))
        self._start_sends(self._channel())  # a reload may have replaced it meanwhile
        if self._unstarted:
            await self._release_unstarted()
            return 0.0
        if self._outcomes or 0 < wanted <= len(claimed_notices):
            return 0.0
        return min(
            [1.0, *(hold.until - now for hold in self.holds)]
            + ([max(0.0, next_at - now)] if next_at is not None else [])
        )

    def _claim_limit(self, channel: Channel | None) -> int:
        """How many notices to claim now."""
        if self._stopping:
            return 0
        free = self._free(channel)
        idle, ahead = free - len(self._queue), 0 if self._folds_digests() else self.capacity()
        if idle <= 0 and len(self._queue) > ahead:
            return 0  # less than half of what may wait is missing
        return max(idle, ahead)

    def _folds_digests(self) -> bool:
        return self._accepts(self.name, NoticeKind.DIGEST, False)

    async def _record_and_claim(
        self, wanted: int, now: float
    ) -> tuple[list[ClaimedNotice], float | None]:
        """Store what came of the sends that ended and claim what is next, in one transaction."""
        taken, self._outcomes = self._outcomes, []
        if not taken and not wanted:
            return [], None
        # Known before the transaction begins: what is claimed meanwhile has a lease of its own.
        plan, in_flight = self._plan(), self._in_flight()

        def work(
            tx: Tx,
        ) -> tuple[list[Result], tuple[list[ClaimedNotice], float | None], holding.Holds]:
            results = record(tx, taken, plan, now) if taken else []
            holds = holding.update(tx, self.name, taken, now)
            if not wanted:
                return results, ([], None), holds
            claimed_notices, next_at, holds = self._claim(tx, now, wanted, plan, holds, in_flight)
            return results, (claimed_notices, next_at), holds

        try:
            results, claimed, holds = await self._store.write(work)
        except BaseException:
            self._outcomes = taken + self._outcomes
            raise
        # What ended while the transaction ran is not stored yet.
        self.holds = holding.after(self._outcomes, holds)
        for outcome, result in zip(taken, results, strict=True):
            self._metrics.count_attempt(self.name, result.outcome, outcome.seconds)
        return claimed

    async def record_outcomes(self) -> None:
        """Store what came of the sends that ended, all in one transaction."""
        while self._outcomes:
            await self._record_and_claim(0, self._now())

    async def drain(self, *, record: bool = True) -> None:
        """Wait until what is in flight has ended, and record it."""
        while self._sending:
            await asyncio.wait(self._sending)
        if record:
            await self.record_outcomes()

    async def stop(self, patience: float) -> None:
        """Hand back what was not begun, let what is in flight end, and record all of it.

        What does not end within `patience` seconds is cut off, and recorded as perhaps arrived.
        """
        self._stopping = True
        self._unstarted.extend(claimed_notice.notice.id for *_, claimed_notice in self._queue)
        self._queue.clear()
        await self._release_unstarted()
        if self._sending:
            await asyncio.wait(self._sending, timeout=patience)
        for task in self._sending:
            task.cancel()
        await self.drain()

    # Inside.

    def _free(self, channel: Channel | None) -> int:
        return (channel.in_flight if channel else 4) - len(self._sending)

    def _push(self, claimed_notice: ClaimedNotice, until: float) -> None:
        notice = claimed_notice.notice
        heapq.heappush(self._queue, (notice.rank, notice.id, until, claimed_notice))

    def _claim(
        self,
        tx: Tx,
        now: float,
        limit: int,
        plan: Plan,
        holds: holding.Holds,
        in_flight: Collection[int],
    ) -> tuple[list[ClaimedNotice], float | None, holding.Holds]:
        if is_skewed(tx.skew):  # another replica, whose clock is right, claims it (E55)
            return [], None, holds
        if self._folds_digests():
            fold_digests(tx, self.name, plan, now)
        skip = holding.skip(holds, plan, now)
        claimed = claim(tx, self.name, now, limit, self._claimant, skip, self._accepts, in_flight)
        claimed_notices, holds = holding.defer_held(tx, self.name, claimed, holds, plan, now)
        if claimed_notices:
            return claimed_notices, None, holds
        skip = holding.skip(holds, plan, now)
        next_at = outbox.next_due_at(tx, self.name, skip, in_flight, tx.lease_now - now)
        return claimed_notices, next_at, holds

    def _in_flight(self) -> set[int]:
        """The notices that were claimed here and are neither recorded nor handed back yet."""
        claimed_notices = [entry[-1] for entry in self._queue]
        claimed_notices += [claimed_notice for claimed_notice, _ in self._sending.values()]
        claimed_notices += [outcome.claimed_notice for outcome in self._outcomes]
        return {*self._unstarted, *(claimed_notice.notice.id for claimed_notice in claimed_notices)}

    def _start_sends(self, channel: Channel | None) -> None:
        if self._stopping or not self._queue:
            return
        now = self._monotonic()
        while self._queue and self._free(channel) > 0:
            *_, until, claimed_notice = heapq.heappop(self._queue)
            held = None
            if self.holds:
                held = wait_for(self.holds, claimed_notice.notice.target.key, False, self._now())
            if now + self._claimant.deadline > until or (held and not claimed_notice.probe):
                # Its lease would run out before we could be sure, or its target is on hold.
                self._unstarted.append(claimed_notice.notice.id)
                continue
            task = asyncio.get_running_loop().create_task(
                self._send(channel, claimed_notice), name=f"send {claimed_notice.notice.id}"
            )
            self._sending[task] = claimed_notice, channel
            task.add_done_callback(self._on_send_done)

    async def _release_unstarted(self) -> None:
        ids, self._unstarted = self._unstarted, []
        await self._store.write(partial(outbox.release, owner=self._claimant.name, ids=ids))

    def _on_send_done(self, task: asyncio.Task[None]) -> None:
        self._sending.pop(task, None)
        self.start_sends()
        self._wake.set()

    async def _send(self, channel: Channel | None, claimed_notice: ClaimedNotice) -> None:
        started = self._now()
        self.attempts += 1
        receipt, error = None, None
        try:
            receipt = await self._attempt(channel, claimed_notice)
        except SendError as failed:
            error = failed.masked(masked)
        except asyncio.CancelledError:  # by our own stop, and only there
            error = SendError(Failure.TIMEOUT, "the gateway was stopped meanwhile", perhaps=True)
        ended = self._now()
        self._log_attempt(claimed_notice, receipt, error, ended)
        outcome = Outcome(
            claimed_notice, ended, max(0.0, ended - started), receipt, error, self._spread()
        )
        self._outcomes.append(outcome)
        # At once, so that nothing else is begun; the transaction stores it.
        if error is not None or self.holds:
            self.holds = holding.after([outcome], self.holds)

    async def _attempt(
        self, channel: Channel | None, claimed_notice: ClaimedNotice
    ) -> dict[str, str]:
        if channel is None:
            raise SendError(Failure.MISCONFIGURED, f"no channel {self.name} is configured")
        notice = claimed_notice.notice
        try:
            async with asyncio.timeout(self._claimant.deadline):
                message = await self._compose(notice, claimed_notice.kind, channel)
                self._log_template_failure(message)
                return dict(await channel.send(message, notice.target, notice.receipt))
        except SendError:
            raise
        except TimeoutError as late:
            raise SendError(Failure.TIMEOUT, "no answer in time", perhaps=True) from late
        except Exception as fault:
            # A fault of ours must not cost the alert: it is retried, falls back, and is loud.
            log.exception("sending failed", extra={"notice": notice.id, "channel": self.name})
            raise SendError(Failure.INTERNAL, type(fault).__name__, perhaps=True) from fault

    def _log_template_failure(self, message: Message) -> None:
        if message.failed_template is not None:
            log.warning(
                "template failed: sending plain words",
                extra={
                    "template": message.failed_template,
                    "notice": message.notice_id,
                    "channel": self.name,
                },
            )

    def _log_attempt(
        self,
        claimed_notice: ClaimedNotice,
        receipt: Receipt | None,
        error: SendError | None,
        now: float,
    ) -> None:
        extra = {
            "notice": claimed_notice.notice.id,
            "incident": claimed_notice.notice.incident,
            "channel": self.name,
            "kind": claimed_notice.kind.value,
            "reason": claimed_notice.notice.reason.value,
        }
        if error is None:
            self.last_success, self.failing_since = now, None
            printed = "printed" in (receipt or {})
            log.info(PRINTED_TEXT if printed else "delivered", extra=extra)
            return
        if error.failure not in PERMANENT:  # else the vendor is well, and answered
            if self.failing_since is None:
                self.failing_since = now
            self.failing_with = error.failure.value
        log.warning("attempt failed: %s", error, extra=extra)


async def message_of(
    notice: Notice,
    kind: NoticeKind,
    channel: Channel,
    *,
    render: Callable[..., Awaitable[Message]],
    links: Callable[[Notice, dict[str, object]], Sequence[Link]],
    lines: Callable[[Notice, Sequence[dict[str, object]]], Sequence[dict[str, object]]],
    zone: Callable[[Notice], str],
    external_url: str,
) -> Message:
    """The words of a notice: its frozen facts, the links for this target, its time zone."""
    facts = orjson.loads(notice.facts)
    if not notice.target.wants_ends:
        facts = without_ends(facts)
    facts["external_url"] = external_url
    if kind is NoticeKind.DIGEST:
        facts["digest"] = lines(notice, facts.get("digest", ()))
    if kind is NoticeKind.LATE and not facts.get("note"):
        name = CHANNEL_NAMES.get(channel.name, channel.name)
        facts["note"] = f"This notification is late: {name} could not be reached before."
    if channel.parts and (unsafe := unsafe_links_text(facts, links_from(facts))):
        facts["note"] = "; ".join(filter(None, [facts.get("note"), unsafe]))
    message = await render(
        notice.id,
        facts,
        notice.target,
        channel.parts,
        links(notice, facts) if channel.parts else (),  # they stand in words only
        zone(notice),
        rank=notice.rank,
        kind=kind,
        reason=notice.reason,
    )
    return replace(message, reduced=True) if notice.refused else message

"""A sender delivers the notices of one account: it claims, sends and records them.

Each account has its own, so that a dead vendor does not hold up the others (promise 13). The
channel limits how many attempts run at once; what is claimed beyond that waits by urgency.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

from gateway.channels.contract import Channel
from gateway.core.incidents.hold import Hold, wait_on_hold
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.plan import Plan
from gateway.flow.delivery import holding
from gateway.flow.delivery.attempts import Attempts, ComposeMessage
from gateway.flow.delivery.backlog import Backlog
from gateway.flow.delivery.outcome import Outcome
from gateway.flow.delivery.queue_heads import Accepts
from gateway.flow.delivery.round import Round, RoundResult, folds_digests, run_round
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.flow.runtime.dependencies import Dependencies
from gateway.store import outbox

ROUNDS_AHEAD = 8
"""Multiple of the channel's limit that may wait claimed, so that sending goes on while a commit
waits for the disk. Two where digests are accepted: a claimed notice cannot fold into one."""

WITHOUT_CHANNEL = 4
"""Attempts at once where no channel is configured any more: each fails at once."""

LONGEST_PAUSE = 1.0
"""Seconds after which the outbox is read again, because another replica may have written to it."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """How a sender reaches its channel. A reload changes what these return."""

    plan: Callable[[], Plan]
    channel: Callable[[], Channel | None]
    accepts: Accepts
    compose: ComposeMessage
    contacts_changed: Callable[[], None]


class Sender:
    """Delivers for one account. Used from the event loop only."""

    def __init__(self, account_key: str, dependencies: Dependencies, outlet: Outlet) -> None:
        self.account_key = account_key
        self.holds: tuple[Hold, ...] = ()
        self._store = dependencies.store
        self._claimant = dependencies.claimant
        self._metrics = dependencies.metrics
        self._now = dependencies.now
        self._monotonic = dependencies.monotonic
        self._outlet = outlet
        self._backlog = Backlog()
        self._attempts = Attempts(
            account_key, dependencies, outlet.compose, self._take_outcome, self._attempt_done
        )
        self.health = self._attempts.health
        self._outcomes: list[Outcome] = []
        self._unstarted: list[int] = []  # claimed here, to be released without an attempt
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Let the next round begin now, because there may be something in the outbox."""
        self._wake.set()

    def capacity(self) -> int:
        """Return how many more claimed notices `enqueue` takes."""
        channel = self._outlet.channel()
        if channel is None or self._stopping or self.holds:
            return 0
        rounds = 2 if self._folds_digests() else ROUNDS_AHEAD
        return max(0, rounds * channel.in_flight - len(self._backlog) - len(self._attempts))

    def enqueue(self, claimed_notices: Iterable[ClaimedNotice], claimed_at: float) -> None:
        """Take notices that dispatch claimed, and start the most urgent.

        `claimed_at`: monotonic seconds, not later than the claim. Starting them here and not in the
        next round sends them before anything else that the same commit sets going.
        """
        for claimed_notice in claimed_notices:
            self._backlog.push(claimed_notice, self._claimant.until(claimed_at))
        self._start_attempts()

    def withdraw(self, incident: int, kinds: Collection[NoticeKind]) -> list[int]:
        """Withdraw notices of an incident that wait here; return their ids.

        The next round releases their claims, unless they are cancelled before.
        """
        ids = self._backlog.withdraw(incident, kinds)
        if ids:
            self._unstarted += ids
            self._wake.set()
        return ids

    def uses(self, channel: Channel) -> bool:
        """Return whether an attempt uses this channel, which a reload may have replaced."""
        return self._attempts.uses(channel)

    @property
    def idle(self) -> bool:
        """Whether nothing waits, nothing is in flight and every outcome is stored."""
        return not (self._backlog or self._attempts or self._outcomes)

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Claim, send and record until cancelled; call `mark_healthy` after each round."""
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
        """Do one round; return the seconds until the next one, unless woken."""
        now = self._now()
        self.holds = tuple(hold for hold in self.holds if hold.until > now)
        self._start_attempts()
        limit, claimed_at = self._claim_limit(), self._monotonic()
        result = await self._record_and_claim(limit, now)
        self.enqueue(result.claimed_notices, claimed_at)
        if self._unstarted:
            await self._release_unstarted()
            return 0.0
        if self._outcomes or 0 < limit <= len(result.claimed_notices):
            return 0.0
        due = [hold.until for hold in self.holds]
        if result.next_at is not None:
            due.append(max(now, result.next_at))
        return min([LONGEST_PAUSE, *(at - now for at in due)])

    async def record_outcomes(self) -> None:
        """Store the outcomes of the attempts that ended."""
        while self._outcomes:
            await self._record_and_claim(0, self._now())

    async def drain(self, *, record: bool = True) -> None:
        """Wait until no attempt is in flight, and with `record` store their outcomes."""
        while self._attempts:
            await self._attempts.wait()
        if record:
            await self.record_outcomes()

    async def stop(self, patience: float) -> None:
        """Release what has not begun, wait for what is in flight, and record all of it.

        Attempts that do not end within `patience` seconds are cancelled, and recorded as perhaps
        arrived.
        """
        self._stopping = True
        self._unstarted += self._backlog.clear()
        await self._release_unstarted()
        await self._attempts.wait(patience)
        self._attempts.cancel()
        await self.drain()

    async def _record_and_claim(self, limit: int, now: float) -> RoundResult:
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes and not limit:
            return RoundResult(holds=self.holds)
        outlet = self._outlet
        round_ = Round(
            account_key=self.account_key,
            plan=outlet.plan(),
            claimant=self._claimant,
            accepts=outlet.accepts,
            now=now,
            outcomes=outcomes,
            limit=limit,
            # Read before the transaction: what is claimed meanwhile has a lease that lasts.
            in_flight=self._claimed_ids(),
        )
        try:
            result = await self._store.write(partial(run_round, round_=round_))
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        if result.contacts_changed:
            outlet.contacts_changed()
        # Attempts that ended while the transaction ran are not stored yet.
        self.holds = holding.holds_after(self._outcomes, result.holds)
        for outcome, stored in zip(outcomes, result.results, strict=True):
            self._metrics.count_attempt(self.account_key, stored.outcome, outcome.seconds)
        return result

    def _claim_limit(self) -> int:
        """Return how many notices to claim now."""
        if self._stopping:
            return 0
        waiting = len(self._backlog)
        free = self._free(self._outlet.channel()) - waiting
        ahead = 0 if self._folds_digests() else self.capacity()
        if free <= 0 and waiting > ahead:
            return 0  # more than half of what may wait is here
        return max(free, ahead)

    def _folds_digests(self) -> bool:
        return folds_digests(self.account_key, self._outlet.accepts)

    def _free(self, channel: Channel | None) -> int:
        return (channel.in_flight if channel else WITHOUT_CHANNEL) - len(self._attempts)

    def _claimed_ids(self) -> set[int]:
        """Return the ids of notices that are claimed here and whose attempt has not ended."""
        return {*self._unstarted, *self._backlog.ids(), *self._attempts.ids()}

    def _start_attempts(self) -> None:
        if self._stopping:
            return
        channel, now = self._outlet.channel(), self._monotonic()
        while self._backlog and self._free(channel) > 0:
            claimed_notice, lease_until = self._backlog.pop()
            lease_too_short = now + self._claimant.deadline > lease_until
            if lease_too_short or self._is_held(claimed_notice):
                self._unstarted.append(claimed_notice.notice.id)
            else:
                self._attempts.start(channel, claimed_notice)

    def _is_held(self, claimed_notice: ClaimedNotice) -> bool:
        if claimed_notice.probe or not self.holds:
            return False
        key = claimed_notice.notice.target.key
        return wait_on_hold(self.holds, key, self._now(), urgent=False) is not None

    async def _release_unstarted(self) -> None:
        ids, self._unstarted = self._unstarted, []
        await self._store.write(partial(outbox.release, owner=self._claimant.name, ids=ids))

    def _take_outcome(self, outcome: Outcome) -> None:
        # The hold counts at once, before the next round stores it.
        if outcome.error is not None or self.holds:
            self.holds = holding.holds_after([outcome], self.holds)
        self._outcomes.append(outcome)

    def _attempt_done(self) -> None:
        self._start_attempts()
        self._wake.set()

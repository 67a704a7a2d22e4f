"""Evaluation of incidents whose silences begin, change or end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

from gateway.core.incidents.silence import Silence
from gateway.flow.runtime.wake import wait_for_wake
from gateway.flow.silences.silence_matches import SilenceMatches
from gateway.store import Store, Tx
from gateway.store.state import members, schedule, silences

POLL = 5.0
"""Seconds between two checks whether a silence began or ended: another replica may store one."""

UNMATCHED_EVERY = 60.0
"""Seconds between two checks whether alerts still fire whose resolve ends a silence."""


class SilenceEvaluator:
    """Makes incidents due whose silences changed. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        matches: SilenceMatches,
        on_due: Callable[[float], None],
        expire: Callable[[str], Awaitable[object]],
    ) -> None:
        """`on_due` is called with the instant at which incidents are due."""
        self._store = store
        self._now = now
        self._matches = matches
        self._on_due = on_due
        self._expire = expire
        self._checked_at = now()
        self._unmatched_checked_at = self._listening_since = self._checked_at
        self._changed: list[Silence] = []
        self._wake = asyncio.Event()

    def evaluate(self, changed: Sequence[Silence]) -> None:
        """Make the incidents due that these silences match, in the next round."""
        self._changed += changed
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Evaluate the matching incidents whenever a silence changes, begins or ends."""
        while True:
            self._wake.clear()
            boundary = await self.check_once()
            mark_healthy()
            pause = POLL if boundary is None else min(POLL, max(0.0, boundary - self._now()))
            await wait_for_wake(self._wake, pause)

    async def check_once(self) -> float | None:
        """Make incidents due whose silences changed; return when the next one begins or ends."""
        now, before = self._now(), self._checked_at
        changed, self._changed = self._changed, []
        try:
            # Not all active ones: there may be ten thousand, and this runs every few seconds.
            changing, next_end = await self._store.read(
                lambda tx: (silences.changing(tx, before, now), silences.next_end(tx, now))
            )
            begun = [one for one in changing if one.starts_at <= now]
            await self._make_due([*changed, *begun], now)
        except BaseException:
            self._changed = changed + self._changed
            raise
        self._checked_at = now
        if now - self._unmatched_checked_at >= UNMATCHED_EVERY:
            self._unmatched_checked_at = now
            await self._expire_unmatched(now)
        edges = [one.starts_at for one in changing if one.starts_at > now]
        return min(edges if next_end is None else [*edges, next_end], default=None)

    async def _make_due(self, changed: Sequence[Silence], now: float) -> None:
        if not changed:
            return
        async for page in self._matches.pages([one.matchers for one in changed]):
            if page:
                identities = [alert.identity for alert in page]
                await self._store.write(partial(_make_members_due, identities=identities, now=now))
                self._on_due(now)

    async def _expire_unmatched(self, now: float) -> None:
        """End silences that end early, once no alert has matched for their `gone_for`."""
        waiting = await self._store.read(partial(silences.ending_when_resolved, now=now))
        matching = {one.id for one in waiting if await self._fires(one)}
        if matching:
            rows = [(silence_id, now) for silence_id in sorted(matching)]
            await self._store.write(partial(silences.mark_seen, rows=rows))
        for silence in waiting:
            # No alert is received while the process is down, so the wait begins at the start.
            last = max(silence.seen_at, silence.starts_at, self._listening_since)
            gone_for = silence.gone_for or 0.0
            if silence.id not in matching and now - last >= gone_for:
                await self._expire(silence.id)

    async def _fires(self, silence: Silence) -> bool:
        """Return whether an alert that the silence matches is firing."""
        async with aclosing(self._matches.pages([silence.matchers])) as pages:
            async for page in pages:
                if page:
                    return True
        return False


def _make_members_due(tx: Tx, identities: Sequence[str], now: float) -> None:
    by_identity = members.open_numbers_of(tx, identities)
    numbers = sorted({number for several in by_identity.values() for number in several})
    schedule.move_due_earlier(tx, [(number, now) for number in numbers])

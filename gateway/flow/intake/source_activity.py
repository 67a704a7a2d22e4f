"""When each source last posted: stored, so that a restart and other replicas know it."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.core.alerts.own_alerts import SOURCE_SILENT, ActiveCondition
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_duration
from gateway.store import Store, Tx
from gateway.store.state import last_seen

EVERY = 10.0
"""Seconds between two times at which posts are stored. Higher: a restart forgets more of them."""

HOUR, MINUTE = 3600.0, 60.0
PREFIX = "source/"
"""Distinguishes sources from watchdogs among stored last-seen times."""


@dataclass(frozen=True, slots=True)
class Activity:
    """A source's posts. `last_post_at`: Unix seconds, None if it never posted.

    `posts_last_hour` are those that this replica accepted.
    """

    last_post_at: float | None
    posts_last_hour: int
    silent: bool


class SourceActivity:
    """Records accepted posts, and says which sources are silent. Used from the event loop.

    `conditions` also runs in the store's threads.
    """

    def __init__(
        self,
        store: Store,
        sources: Callable[[], Mapping[str, SourceSettings]],
        now: Callable[[], float],
    ) -> None:
        """`sources` returns those in force: a reload replaces them."""
        self._store = store
        self._sources = sources
        self._now = now
        self._posted: dict[str, float] = {}
        self._minutes: deque[tuple[float, str, int]] = deque()
        self._counts: Counter[str] = Counter()
        self._expected_since: dict[str, tuple[float, float]] = {}  # (interval, when it began)

    def record(self, source: str) -> None:
        """Record that a source posted now, and its post was accepted."""
        self._posted[source] = self._now()
        self._counts[source] += 1

    async def save(self) -> None:
        """Store the posts since the last time."""
        now = self._now()
        counts, self._counts = self._counts, Counter()
        self._minutes.extend((now, source, count) for source, count in counts.items())
        while self._minutes and self._minutes[0][0] < now - HOUR:
            self._minutes.popleft()
        if counts:
            posted = {PREFIX + source: self._posted[source] for source in counts}
            await self._store.write(partial(last_seen.save, seen=posted))

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Store posts until cancelled."""
        while True:
            await self.save()
            mark_healthy()
            await asyncio.sleep(EVERY)

    async def read(self) -> Mapping[str, Activity]:
        """Return the activity of each source of routes.yaml."""
        now = self._now()
        seen = self._seen(await self._store.read(last_seen.read_all))
        hour = Counter(self._counts)
        for _, source, count in self._minutes:
            hour[source] += count
        return {
            name: Activity(seen.get(name), hour[name], silent=self._is_silent(one, seen, now))
            for name, one in self._sources().items()
        }

    def conditions(self, tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        """Return a condition for each source that has not posted for `expect_every`."""
        expecting = [one for one in self._sources().values() if one.expect_every is not None]
        if not expecting:
            return ()
        seen = self._seen(last_seen.read_all(tx))
        return [
            ActiveCondition(SOURCE_SILENT, {"source": one.name}, _annotations(one))
            for one in expecting
            if self._is_silent(one, seen, now)
        ]

    def _seen(self, stored: Mapping[str, float]) -> Mapping[str, float]:
        known = {
            name.removeprefix(PREFIX): at for name, at in stored.items() if name.startswith(PREFIX)
        }
        for name, at in dict(self._posted).items():
            known[name] = max(at, known.get(name, at))
        return known

    def _is_silent(self, source: SourceSettings, seen: Mapping[str, float], now: float) -> bool:
        """Return whether a source has been silent for too long.

        What it could not post while the gateway was down, or before it was expected, does not
        count: the time begins with the start, or with the reload that changed `expect_every`.
        """
        every = source.expect_every
        if every is None:
            return False
        known = self._expected_since.get(source.name)
        if known is None or known[0] != every:
            known = self._expected_since[source.name] = (every, now)
        return now - max(known[1], seen.get(source.name, 0.0)) > every


def _annotations(source: SourceSettings) -> Mapping[str, str]:
    assert source.expect_every is not None
    return {"expected": f"a post at least every {format_duration(source.expect_every)}"}

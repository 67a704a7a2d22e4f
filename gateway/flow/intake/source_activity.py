"""When each source last posted: stored, so that a restart and other replicas know it."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.clock import is_skewed
from gateway.core.alerts.own_alerts import SOURCE_SILENT, ActiveCondition
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_duration
from gateway.metrics import Metrics
from gateway.store import Store, Tx
from gateway.store.state import alerts, last_seen

EVERY = 10.0
"""Seconds between two times at which posts are stored. Higher: a restart forgets more of them."""

HOUR = 3600.0

AHEAD = 300.0
"""Seconds that a stored time may lie ahead. One further ahead was stored by a wrong clock, and
would hide the silence of its source until then."""

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
        metrics: Metrics,
    ) -> None:
        """`sources` returns those in force: a reload replaces them."""
        self._metrics = metrics
        self._store = store
        self._sources = sources
        self._now = now
        self._posted: dict[str, float] = {}
        self._minutes: deque[tuple[float, str, int]] = deque()
        self._counts: Counter[str] = Counter()
        self._expected_since: dict[str, tuple[float, float]] = {}  # (interval, when it began)

    def record(self, source: str) -> None:
        """Record that a source posted now, and its post was accepted, with or without alerts."""
        self._posted[source] = self._now()
        self._counts[source] += 1

    async def save(self) -> None:
        """Store the posts since the last time."""
        now = self._now()
        counts, self._counts = self._counts, Counter()
        self._minutes.extend((now, source, count) for source, count in counts.items())
        while self._minutes and self._minutes[0][0] < now - HOUR:
            self._minutes.popleft()
        if not counts:
            return
        posted = {PREFIX + source: self._posted[source] for source in counts}

        def work(tx: Tx) -> None:
            if not is_skewed(tx.skew):
                last_seen.forget_later(tx, PREFIX, now + AHEAD)
            last_seen.save(tx, posted)

        await self._store.write(work)

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Store posts, and set the metrics of sources, until cancelled."""
        while True:
            await self.save()
            await self.update_metrics()
            mark_healthy()
            await asyncio.sleep(EVERY)

    async def read(self) -> Mapping[str, Activity]:
        """Return the activity of each source of routes.yaml."""
        now = self._now()
        seen = await self._store.read(partial(self._seen, now=now))
        hour = Counter(self._counts)
        for _, source, count in self._minutes:
            hour[source] += count
        return {
            name: Activity(seen.get(name), hour[name], silent=self._is_silent(one, seen, now))
            for name, one in self._sources().items()
        }

    async def update_metrics(self) -> None:
        """Set the metrics of each source of routes.yaml."""
        sources, by_name = self._sources(), await self.read()
        self._metrics.set_sources(
            {
                name: (one.last_post_at, one.silent if sources[name].expect_every else None)
                for name, one in by_name.items()
                if name in sources
            }
        )

    def conditions(self, tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        """Return a condition for each source that has not posted for `expect_every`."""
        expecting = [one for one in self._sources().values() if one.expect_every is not None]
        if not expecting:
            return ()
        seen = self._seen(tx, now)
        return [
            ActiveCondition(SOURCE_SILENT, {"source": one.name}, _annotations(one))
            for one in expecting
            if self._is_silent(one, seen, now)
        ]

    def _seen(self, tx: Tx, now: float) -> Mapping[str, float]:
        """Return when each source last posted, and note from when on the others are expected."""
        stored = {
            name.removeprefix(PREFIX): at
            for name, at in last_seen.read_all(tx).items()
            if name.startswith(PREFIX)
        }
        self._expect(tx, now)
        seen: dict[str, float] = {}
        for name, at in (*stored.items(), *dict(self._posted).items()):
            if at <= now + AHEAD:
                seen[name] = max(at, seen.get(name, at))
        return seen

    def _expect(self, tx: Tx, now: float) -> None:
        """Note since when each source is expected to post.

        What it could not post while the gateway was down, or before it was expected, does not
        count: the time begins with the start, or with the reload that changed `expect_every`. But
        if its alert fires at the start, only a post ends that.
        """
        expected = {
            one.name: one.expect_every
            for one in self._sources().values()
            if one.expect_every is not None
        }
        known = dict(self._expected_since)
        firing: set[str] = set()
        if not expected.keys() <= known.keys():
            own = alerts.own_without_end(tx)
            firing = {
                one.labels.get("source", "")
                for one in own
                if one.labels.get("alertname") == SOURCE_SILENT.name
            }
        for name, every in expected.items():
            if name not in known:
                self._expected_since[name] = (every, 0.0 if name in firing else now)
            elif known[name][0] != every:
                self._expected_since[name] = (every, now)

    def _is_silent(self, source: SourceSettings, seen: Mapping[str, float], now: float) -> bool:
        every = source.expect_every
        if every is None or source.name not in self._expected_since:
            return False
        _, since = self._expected_since[source.name]
        return now - max(since, seen.get(source.name, 0.0)) > every


def _annotations(source: SourceSettings) -> Mapping[str, str]:
    assert source.expect_every is not None
    return {"expected": f"a post at least every {format_duration(source.expect_every)}"}

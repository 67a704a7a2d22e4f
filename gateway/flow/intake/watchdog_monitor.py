"""Watching the watchdogs (E40): their reports are remembered, their absence becomes an alert."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import Plan
from gateway.core.plan.watchdog import MISSING, watchdog_alerts, watched_alertnames
from gateway.store import Store
from gateway.store.state import alerts, last_seen

EVERY = 10.0
"""Seconds between looks."""

SOURCE = "gateway"

NO_WATCHDOGS: Mapping[str, tuple[str, ...]] = MappingProxyType({})

Submit = Callable[[str, Sequence[ReportedAlert]], Awaitable[None]]


class WatchdogMonitor:
    """Remembers when each watchdog was last reported; shared with other replicas by the store."""

    def __init__(
        self, store: Store, plan: Callable[[], Plan], now: Callable[[], float], submit: Submit
    ) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._submit = submit
        self._since = now()
        self._seen: dict[str, float] = {}
        self._missing: set[str] = set()
        self._names: tuple[str, frozenset[str] | None] = ("", frozenset())
        self._ended_by = ""

    def record_reports(self, reported: Sequence[ReportedAlert]) -> Mapping[str, tuple[str, ...]]:
        """Look for signs of life among reported alerts.

        Returns whose they are: the names of watchdogs by the alert's identity. Under the same plan
        the same alerts are signs of the same watchdogs (see `mark_seen`).
        """
        plan = self._plan()
        if not plan.watchdogs:
            return NO_WATCHDOGS
        if self._names[0] != plan.digest:
            self._names = (plan.digest, watched_alertnames(plan.watchdogs))
        names, now = self._names[1], self._now()
        watchdogs = {}
        for alert in reported:
            if names is not None and alert.labels.get("alertname") not in names:
                continue
            if alert.ends_at is not None and alert.ends_at <= now:
                continue
            names_seen = tuple(one.name for one in plan.watchdogs if one.sees(alert.labels))
            if names_seen:
                watchdogs[alert.identity or identity(alert.labels)] = names_seen
                self.mark_seen(names_seen)
        return watchdogs

    def mark_seen(self, names: Iterable[str]) -> None:
        """These watchdogs were reported now."""
        now = self._now()
        for name in names:
            self._seen[name] = now

    async def check(self) -> None:
        """Save what was seen, and let alerts about missing watchdogs fire or end."""
        plan = self._plan()
        if self._ended_by != plan.digest:
            await self._end_unwatched(plan)
            self._ended_by = plan.digest
        if not plan.watchdogs:
            return
        await self._store.write(partial(last_seen.save, seen=dict(self._seen)))
        known = await self._store.read(last_seen.read_all)
        for alert, fires in watchdog_alerts(plan.watchdogs, known, self._since, self._now()):
            name = alert.labels["watchdog"]
            if fires or name in self._missing:
                await self._submit(SOURCE, [alert])
            (self._missing.add if fires else self._missing.discard)(name)

    async def _end_unwatched(self, plan: Plan) -> None:
        """Let alerts end that are about watchdogs which routes.yaml does not have, or labels
        otherwise: nobody else would ever end them."""
        wanted = {identity(watchdog.missing) for watchdog in plan.watchdogs}
        for alert in await self._store.read(partial(alerts.without_end, source=SOURCE)):
            if alert.labels.get("alertname") == MISSING and alert.identity not in wanted:
                end = ReportedAlert(alert.labels, alert.annotations, alert.starts_at, self._now())
                await self._submit(SOURCE, [end])

    async def run(self) -> None:
        """Look again and again. What was missing before a restart may be back: tell its end."""
        self._missing = {watchdog.name for watchdog in self._plan().watchdogs}
        while True:
            await asyncio.sleep(EVERY)
            await self.check()

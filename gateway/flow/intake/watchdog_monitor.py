"""Monitor of watchdogs (E40): stores when they were reported, and fires when they are missing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from gateway.core.alerts.labels import identity
from gateway.core.alerts.own_alerts import SOURCE
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import Plan
from gateway.core.plan.watchdog import MISSING, watchdog_alerts, watched_alertnames
from gateway.store import Store
from gateway.store.state import alerts, last_seen

EVERY = 10.0
"""Seconds between two checks. Higher fires later, lower costs writes."""

NO_WATCHDOGS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
"""No alert is matched by a watchdog."""

Submit = Callable[[str, Sequence[ReportedAlert]], Awaitable[None]]


class WatchdogMonitor:
    """Stores when each watchdog was last reported, to any replica. Used from the event loop."""

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
        self._checked_digest = ""  # of the plan whose removed watchdogs were resolved

    def record_reports(self, reported: Sequence[ReportedAlert]) -> Mapping[str, tuple[str, ...]]:
        """Record which watchdogs are among reported alerts.

        Returns the names of the watchdogs that match, by the alert's identity. They are the same
        for each re-post under the same plan, for which `mark_seen` is enough.
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
        """Record that these watchdogs were reported now."""
        now = self._now()
        for name in names:
            self._seen[name] = now

    async def check(self) -> None:
        """Store the reports, and let alerts about missing watchdogs fire or resolve."""
        plan = self._plan()
        if self._checked_digest != plan.digest:
            await self._resolve_removed(plan)
            self._checked_digest = plan.digest
        if not plan.watchdogs:
            return
        await self._store.write(partial(last_seen.save, seen=dict(self._seen)))
        seen = await self._store.read(last_seen.read_all)
        for alert, fires in watchdog_alerts(plan.watchdogs, seen, self._since, self._now()):
            name = alert.labels["watchdog"]
            if fires or name in self._missing:
                await self._submit(SOURCE, [alert])
            (self._missing.add if fires else self._missing.discard)(name)

    async def _resolve_removed(self, plan: Plan) -> None:
        """Resolve alerts about watchdogs that routes.yaml no longer has, or labels otherwise.

        Nothing else would ever resolve them.
        """
        configured = {identity(watchdog.missing) for watchdog in plan.watchdogs}
        for alert in await self._store.read(partial(alerts.without_end, source=SOURCE)):
            if alert.labels.get("alertname") == MISSING and alert.identity not in configured:
                ends_at = self._now()
                end = ReportedAlert(alert.labels, alert.annotations, alert.starts_at, ends_at)
                await self._submit(SOURCE, [end])

    async def run(self) -> None:
        """Check until cancelled.

        At first each watchdog counts as missing, because it may have been before the start: then
        its alert resolves with the first check.
        """
        self._missing = {watchdog.name for watchdog in self._plan().watchdogs}
        while True:
            await asyncio.sleep(EVERY)
            await self.check()

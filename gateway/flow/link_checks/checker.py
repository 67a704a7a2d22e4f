"""Checker of links: follows them each night, once for all replicas, and dead ones more often."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from gateway.config.load import Config
from gateway.core.alerts.own_alerts import LINKS_DEAD, ActiveCondition
from gateway.core.plan.link_checks import (
    FoundLink,
    LinkCheckSettings,
    LinkResult,
    LinkState,
    after_check,
    merge_positions,
)
from gateway.core.plan.own_alert_settings import NO_LABELS
from gateway.core.plan.plan import Plan
from gateway.cron import last_until
from gateway.flow.link_checks.collect import links_of_alert, links_of_file
from gateway.flow.link_checks.follow import check_links
from gateway.flow.queries.recent_alerts import recent_alerts
from gateway.metrics import Metrics
from gateway.store import Store, Tx
from gateway.store.state import counters, link_checks

log = logging.getLogger(__name__)

POLL = 60.0
"""Seconds between two reads of the schedule."""

RECHECK = 900.0
"""Seconds until a dead link is followed again. Lower asks a broken server more often, higher lets
its alert live longer after it was repaired."""

SEEN_WITHIN = 30 * 86400.0
"""Seconds back in which an alert was seen whose links are followed."""

MOST_ALERTS = 200_000
"""Alerts that are read for their links, the newest ones."""

MOST_LISTED = 20
"""Dead links that the alert lists. Higher: messages are cut elsewhere."""

MOST_POSITIONS = 20
"""Names of alerts that are stored of one link."""

_NIGHTLY, _AGAIN = "link check", "link recheck"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The stored results; `is_on`: whether routes.yaml has them checked."""

    is_on: bool
    results: Sequence[LinkResult]

    @property
    def dead(self) -> list[LinkResult]:
        """Return those that count as dead."""
        return [one for one in self.results if one.is_dead]


class LinkChecker:
    """Compares the schedule with what was checked. Used from the event loop.

    The instant of a check is stored before it begins, so one replica does it. A crash meanwhile
    leaves it to the next night.
    """

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        plan: Callable[[], Plan],
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._config = config
        self._plan = plan
        self._now = now
        self._metrics = metrics

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Check until cancelled."""
        while True:
            await self.check_once()
            mark_healthy()
            await asyncio.sleep(POLL)

    async def check_once(self) -> None:
        """Follow the links that are due and that no other replica follows."""
        settings = self._config().link_checks
        if settings is None:
            self._metrics.set_links({})
            return
        now = self._now()
        due = last_until(settings.cron, settings.zone, now)
        if await self._claim(lambda tx: _night_is_due(tx, due), partial(_mark_night, due, now)):
            await self._check_all(settings, now)
        elif await self._claim(lambda tx: _is_due_again(tx, now), partial(_mark_again, now)):
            await self._check_again(settings, now)
        results = await self._store.read(link_checks.read_all)
        self._metrics.set_links(Counter(one.state.value for one in results))

    async def _claim(self, is_due: Callable[[Tx], bool], mark: Callable[[Tx], bool]) -> bool:
        """Mark a check that is due; False if none is, or another replica has marked it."""

        def work(tx: Tx) -> bool:
            return is_due(tx) and mark(tx)

        return await self._store.read(is_due) and await self._store.write(work)

    async def report(self) -> LinkReport:
        """Return what the last checks found."""
        results = await self._store.read(link_checks.read_all)
        is_on = self._config().link_checks is not None
        return LinkReport(is_on, results if is_on else ())

    def conditions(self, tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        """Return the one condition that lists all dead links, or none."""
        if self._config().link_checks is None:
            return ()
        dead = [one for one in link_checks.read_all(tx) if one.is_dead]
        if not dead:
            return ()
        since = min(one.failed_since or now for one in dead)
        return [ActiveCondition(LINKS_DEAD, NO_LABELS, {"links": dead_links_text(dead)}, since)]

    async def _check_all(self, settings: LinkCheckSettings, now: float) -> None:
        links = await self._collect(now)
        before = {one.url: one for one in await self._store.read(link_checks.read_all)}
        results = await check_links(links, settings)
        checked = [after_check(one, before.get(one.url), now) for one in results]
        await self._store.write(lambda tx: link_checks.replace_all(tx, checked))
        counts = Counter(one.state.value for one in checked)
        log.info("links checked", extra={"links": len(checked), "dead": counts[LinkState.DEAD]})

    async def _check_again(self, settings: LinkCheckSettings, now: float) -> None:
        stored = await self._store.read(link_checks.read_all)
        before = {one.url: one for one in stored if one.failures}
        again = [FoundLink(one.url, one.positions, _lasting(one)) for one in before.values()]
        results = await check_links(again, settings)
        checked = [after_check(one, before[one.url], now) for one in results]
        await self._store.write(lambda tx: link_checks.save(tx, checked))

    async def _collect(self, now: float) -> list[FoundLink]:
        """Return the links of the file, and those of the alerts seen lately."""
        plan = self._plan()
        of_file = merge_positions(links_of_file(plan, now))
        by_url = {(one.url, one.problem): one for one in of_file}
        async for alert in recent_alerts(self._store, now - SEEN_WITHIN, MOST_ALERTS):
            name = alert.labels.get("alertname", "an alert without a name")
            links = links_of_alert(plan, alert.labels, alert.annotations, alert.starts_at, name)
            for link in links:
                key = (link.url, link.problem)
                known = by_url.get(key)
                if known is None:
                    by_url[key] = link
                elif name not in known.positions and len(known.positions) < MOST_POSITIONS:
                    by_url[key] = FoundLink(link.url, (*known.positions, name), link.problem)
        return list(by_url.values())


def dead_links_text(dead: Sequence[LinkResult]) -> str:
    """Return dead links for a message: each with what is wrong and where it is named."""
    lines = [
        f"{one.url} ({one.detail}), named by {', '.join(one.positions[:3])}"
        for one in dead[:MOST_LISTED]
    ]
    if len(dead) > MOST_LISTED:
        lines.append(f"and {len(dead) - MOST_LISTED} more")
    return "\n".join(lines)


def _lasting(one: LinkResult) -> str:
    """Return what is wrong with a link that is no URL: only a reload can repair it."""
    return "" if one.url.startswith(("http://", "https://")) else one.detail


def _night_is_due(tx: Tx, due: float) -> bool:
    last = counters.find(tx, _NIGHTLY)
    return last is None or last < due


def _mark_night(due: float, now: float, tx: Tx) -> bool:
    """Mark the check of a night; False for the one before the first, which is not made."""
    is_first = counters.find(tx, _NIGHTLY) is None  # declared just now: the first one is the next
    counters.save(tx, _NIGHTLY, int(due))
    counters.save(tx, _AGAIN, int(now))
    return not is_first


def _is_due_again(tx: Tx, now: float) -> bool:
    last = counters.find(tx, _AGAIN)
    if last is not None and now - last < RECHECK:
        return False
    return any(one.failures for one in link_checks.read_all(tx))


def _mark_again(now: float, tx: Tx) -> bool:
    counters.save(tx, _AGAIN, int(now))
    return True

"""Reporter of the gateway's own alerts: they fire, are reported again, and end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from gateway.clock import is_skewed
from gateway.core.alerts.alert import Alert
from gateway.core.alerts.own_alerts import ActiveCondition, Condition, reports_due
from gateway.core.plan.own_alert_settings import NO_LABELS
from gateway.core.plan.own_alerts import own_alert
from gateway.core.plan.plan import Plan
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.flow.runtime.wake import wait_for_wake
from gateway.store import Store, Tx
from gateway.store.state import alerts

EVERY = 10.0
"""Seconds between two rounds. Higher fires later; each round reads the database once."""

ConditionCheck = Callable[[Tx, Plan, float], Sequence[ActiveCondition]]
"""(tx, plan, now): returns the conditions of one kind that hold, by the database or the plan.

It must only read: it runs in reading and in writing transactions."""

_Key = tuple[str, tuple[tuple[str, str], ...]]


class OwnAlerts:
    """Reports what is wrong with the gateway as alerts. Used from the event loop.

    A condition is either found by a check, the same on each replica, or raised and cleared by the
    part of this process that notices it; its labels then name the replica.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        committed: Callable[[IntakeResult, None], None],
    ) -> None:
        """`committed` is called with the result of each transaction that stored alerts."""
        self._store = store
        self._plan = plan
        self._now = now
        self._committed = committed
        self._listening_since = now()
        self._checks: list[ConditionCheck] = []
        self._raised: dict[_Key, ActiveCondition] = {}
        self._wake = asyncio.Event()

    def add_check(self, check: ConditionCheck) -> None:
        """Report also the conditions that this check returns."""
        self._checks.append(check)

    def raise_condition(
        self,
        condition: Condition,
        labels: Mapping[str, str],
        annotations: Mapping[str, str] = NO_LABELS,
    ) -> None:
        """Report a condition from now on until `clear`; raised again, its annotations change.

        After a restart it must be raised anew, or its alert ends.
        """
        key = _key(condition, labels)
        known = self._raised.get(key)
        since = self._now() if known is None else known.since
        self._raised[key] = ActiveCondition(condition, labels, annotations, since)
        if known is None:
            self.wake()

    def clear(self, condition: Condition, labels: Mapping[str, str]) -> None:
        """Stop reporting a condition; one that was not raised is ignored."""
        self._raised.pop(_key(condition, labels), None)

    def wake(self) -> None:
        """Check now, because something changed."""
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Check until cancelled."""
        while True:
            self._wake.clear()
            await self.check_once()
            mark_healthy()
            await wait_for_wake(self._wake, EVERY)

    async def check_once(self) -> None:
        """Store the reports that are due. Without any it only reads."""
        plan, now = self._plan(), self._now()
        raised = tuple(self._raised.values())
        if not await self._store.read(lambda tx: self._reports(tx, plan, raised, now)):
            return

        def work(tx: Tx) -> IntakeResult:
            # Instants by a wrong clock would delay the decisions of the other replicas.
            right_now = now - tx.skew if is_skewed(tx.skew) else now
            reports = self._reports(tx, plan, raised, right_now)
            return store_alerts(tx, reports, plan, right_now)

        self._committed(await self._store.write(work), None)

    def _reports(
        self, tx: Tx, plan: Plan, raised: Sequence[ActiveCondition], now: float
    ) -> list[Alert]:
        active = list(raised)
        for check in self._checks:
            active += check(tx, plan, now)
        alerts_now = (own_alert(plan, one, now) for one in active)
        firing = {alert.identity: alert for alert in alerts_now}
        stored = alerts.own_without_end(tx)
        return reports_due(stored, list(firing.values()), self._listening_since, now)


def _key(condition: Condition, labels: Mapping[str, str]) -> _Key:
    return condition.name, tuple(sorted(labels.items()))

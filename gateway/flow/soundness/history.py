"""What is stored of the alerts of each name: firings, drills, responses and ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.config.load import Config
from gateway.core.alerts.alert import MANUAL_SOURCE
from gateway.core.alerts.own_alerts import SOURCE
from gateway.core.alerts.source_labels import is_test
from gateway.core.plan.drill import DRILL_LABEL
from gateway.core.plan.plan import Plan
from gateway.core.report.selection import Dimension, Selection
from gateway.core.soundness.facts import RuleHistory
from gateway.core.soundness.judge import EXERCISED_WITHIN
from gateway.flow.queries.recent_alerts import recent_alerts
from gateway.flow.queries.report import read_report
from gateway.store import Store
from gateway.store.queries.recent_alerts import RecentAlert

MOST_ALERTS = 50_000
"""Alerts that are read, the newest ones. Higher: the page waits for longer than a few seconds."""

MOST_NAMES = 5000
"""Names of alerts that are judged. Higher: names made of anything make an endless page."""

_METRICS = frozenset({"alertmanager", "prometheus"})
"""Types of sources that post aggregates: an alert of many requests has no trace."""

_NOT_RULES = frozenset({SOURCE, MANUAL_SOURCE})
"""Sources of alerts that are no rules of the watched system."""


@dataclass(frozen=True, slots=True)
class History:
    """The stored history by the name of the alert; `is_truncated`: only of the newest alerts."""

    by_name: Mapping[str, RuleHistory]
    is_truncated: bool = False


async def read_history(store: Store, config: Config, plan: Plan, now: float) -> History:
    """Return what is stored of the last 90 days. Raises StoreUnavailableError."""
    since = now - EXERCISED_WITHIN
    by_name: dict[str, RuleHistory] = {}
    count = 0
    async for alert in recent_alerts(store, since, MOST_ALERTS):
        count += 1
        name = alert.labels.get("alertname", "")
        if not name or alert.source in _NOT_RULES or _is_drill(alert):
            continue
        if name in by_name or len(by_name) < MOST_NAMES:
            by_name[name] = _with_alert(by_name.get(name), alert, config)
    report = await read_report(
        store, plan, Selection(since, now), plan.business_hours.zone, now, by=Dimension.ALERTNAME
    )
    for group in report.report.groups:
        known = by_name.get(group.key)
        if known is not None:
            one = group.figures
            by_name[group.key] = replace(
                known,
                incidents=one.incidents,
                acknowledged=one.acknowledged,
                missed=one.missed,
                useful=one.useful,
                noise=one.noise,
            )
    return History(by_name, is_truncated=count >= MOST_ALERTS)


def _with_alert(known: RuleHistory | None, alert: RecentAlert, config: Config) -> RuleHistory:
    """Return the history with one more alert; the newest one comes first."""
    settings = config.soundness
    history = known or RuleHistory(alert.labels, alert.annotations)
    source = config.sources.get(alert.source)
    kind = source.type if source is not None else alert.source
    if kind not in _METRICS:
        history = replace(
            history,
            is_event=True,
            has_trace=history.has_trace or _has_any(alert, settings.trace_ids),
            has_user=history.has_user or _has_any(alert, settings.user_ids),
        )
    if is_test(alert.labels):
        return replace(history, last_test=max(history.last_test or 0.0, alert.starts_at))
    if history.last_fired is None:  # the labels of a real firing win over those of a test
        history = replace(history, labels=alert.labels, annotations=alert.annotations)
    return replace(history, last_fired=max(history.last_fired or 0.0, alert.starts_at))


def _is_drill(alert: RecentAlert) -> bool:
    return DRILL_LABEL in alert.labels and is_test(alert.labels)


def _has_any(alert: RecentAlert, names: Sequence[str]) -> bool:
    return any(alert.labels.get(name) or alert.annotations.get(name) for name in names)

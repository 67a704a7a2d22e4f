"""Watchdogs: alerts that must always fire; if one is missing, monitoring is down."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.alerts.own_alerts import WATCHDOG_MISSING
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.matching.matcher import Matcher, matches_all

MISSING = WATCHDOG_MISSING


@dataclass(frozen=True, slots=True)
class Watchdog:
    """An alert that must be reported at least every `absent_for` seconds; otherwise one fires.

    `labels` are the labels of the alert that fires then, beside alertname and watchdog.
    """

    name: str
    matchers: tuple[Matcher, ...]
    absent_for: float
    labels: Mapping[str, str]

    def sees(self, labels: Mapping[str, str]) -> bool:
        """Return whether a reported alert is the one that must always fire."""
        return matches_all(self.matchers, labels)

    @property
    def missing(self) -> dict[str, str]:
        """The labels of the alert that fires while it is missing."""
        return {**self.labels, "alertname": MISSING, "watchdog": self.name}


def watched_alertnames(watchdogs: Sequence[Watchdog]) -> frozenset[str] | None:
    """Return the alertnames that watchdogs match; None if one of them does not name any.

    Every reported alert is compared with them, so for nearly all the name must be enough.
    """
    names = set()
    for watchdog in watchdogs:
        own = [m.value for m in watchdog.matchers if m.name == "alertname" and m.op == "="]
        if not own:
            return None
        names.update(own)
    return frozenset(names)


def watchdog_alerts(
    watchdogs: Sequence[Watchdog], seen: Mapping[str, float], since: float, now: float
) -> list[tuple[ReportedAlert, bool]]:
    """Return for each watchdog the alert about it, and whether it fires at `now`.

    `seen` are the last reports by the watchdog's name. Absence counts from `since` at the earliest,
    when this process began to listen. A watchdog whose last report is older than that and whose
    `absent_for` has not passed since is omitted, because nothing is known of it yet.
    """
    alerts = []
    for watchdog in watchdogs:
        last = max(seen.get(watchdog.name, since), since)
        missing_at = last + watchdog.absent_for
        fires = now >= missing_at
        if not fires and now >= seen.get(watchdog.name, -math.inf) + watchdog.absent_for:
            continue
        words = {
            "summary": f"Watchdog {watchdog.name} is missing: monitoring may be down",
            "description": "An alert that must always fire is not reported any more. While it is "
            "missing, other alerts may be missing too.",
        }
        ends_at = None if fires else now
        alerts.append(
            (ReportedAlert(watchdog.missing, words, missing_at if fires else None, ends_at), fires)
        )
    return alerts

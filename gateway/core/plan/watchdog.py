"""Watchdogs: alerts that must always fire, so that their absence says that monitoring is dead."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.matching.matcher import Matcher, matches_all

MISSING = "WatchdogMissing"


@dataclass(frozen=True, slots=True)
class Watchdog:
    """While no alert that fulfils `matchers` was reported for `absent_for` seconds, an alert fires.

    `labels` are those of that alert, beside alertname and watchdog.
    """

    name: str
    matchers: tuple[Matcher, ...]
    absent_for: float
    labels: Mapping[str, str]

    def sees(self, labels: Mapping[str, str]) -> bool:
        """Whether a reported alert is the sign of life."""
        return matches_all(self.matchers, labels)

    @property
    def missing(self) -> dict[str, str]:
        """The labels of the alert about it."""
        return {**self.labels, "alertname": MISSING, "watchdog": self.name}


def watched_alertnames(watchdogs: Sequence[Watchdog]) -> frozenset[str] | None:
    """The alertnames that any watchdog can mean; None when one does not say.

    Every reported alert passes by here: one look at its name must be enough for nearly all.
    """
    names = set()
    for watchdog in watchdogs:
        said = [m.value for m in watchdog.matchers if m.name == "alertname" and m.op == "="]
        if not said:
            return None
        names.update(said)
    return frozenset(names)


def watchdog_alerts(
    watchdogs: Sequence[Watchdog], seen: Mapping[str, float], since: float, now: float
) -> list[tuple[ReportedAlert, bool]]:
    """For each watchdog the alert about it, and whether it fires at `now`.

    `seen` are the last reports by the watchdog's name. Before `since`, when this process began
    to listen, nobody could have heard one: absence counts from there at the earliest. Until then
    nothing is known of one that was last heard long before, and it is left out.
    """
    found = []
    for watchdog in watchdogs:
        last = max(seen.get(watchdog.name, since), since)
        missing_at = last + watchdog.absent_for
        fires = now >= missing_at
        if not fires and now >= seen.get(watchdog.name, -math.inf) + watchdog.absent_for:
            continue
        words = {
            "summary": f"Nothing was heard of {watchdog.name}: monitoring may be dead",
            "description": "An alert that always fires is not reported any more. While it is "
            "missing, other alerts may be missing too.",
        }
        ends_at = None if fires else now
        found.append(
            (ReportedAlert(watchdog.missing, words, missing_at if fires else None, ends_at), fires)
        )
    return found

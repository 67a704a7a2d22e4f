"""Alerts that were notified without a runbook, since this gateway started."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.core.plan.runbooks import Runbooks

MOST = 500
"""Teams and alerts that are counted one by one. Higher: names made of anything fill memory."""


class MissingRunbook(NamedTuple):
    """How many incidents of an alert were notified without one; `team` is empty for no team."""

    team: str
    alertname: str
    incidents: int


class WithoutRunbook:
    """Counts incidents at their first notice by team and alert. Used from the event loop.

    Statistics like a metric's, with the names that a metric must not have: a restart loses them.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, team: str, facts: Mapping[str, Any]) -> None:
        """Count an incident."""
        labels = facts.get("common_labels") or facts.get("group_labels") or {}
        key = team, str(labels.get("alertname", ""))
        if key in self._counts or len(self._counts) < MOST:
            self._counts[key] += 1

    def list(self, runbooks: Runbooks) -> list[MissingRunbook]:
        """Return those that still have none by their name: by team, the most frequent first."""
        rows = [MissingRunbook(*key, count) for key, count in self._counts.items()]
        missing = [one for one in rows if runbooks.find(one.alertname) is None]
        return sorted(missing, key=lambda one: (one.team, -one.incidents, one.alertname))

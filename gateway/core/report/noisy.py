"""The noisiest alerts: those whose incidents sent the most messages."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.report.facts import IncidentFacts
from gateway.core.report.figures import Figures, Tally

NOISIEST = 10
"""Alerts that a report names; the others are in the groups by alertname."""


@dataclass(frozen=True, slots=True)
class NoisyAlert:
    """An alert by its name. `routes` are the ids of its routes, those of most messages first."""

    alertname: str
    figures: Figures
    routes: Sequence[str]


class Noise:
    """Adds up the figures by alert. Not thread-safe: one caller at a time."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._routes: dict[str, Counter[str]] = {}

    def add(self, facts: Sequence[IncidentFacts]) -> None:
        """Count incidents for each of their alerts' names."""
        by_name: dict[str, list[IncidentFacts]] = defaultdict(list)
        for one in facts:
            for name in one.alertnames:
                by_name[name].append(one)
        for name, some in by_name.items():
            if name not in self._tallies:
                self._tallies[name] = Tally()
                self._routes[name] = Counter()
            self._tallies[name].add(some)
            routes = self._routes[name]
            for one in some:
                routes[one.route_id] += one.messages

    def noisiest(self, limit: int = NOISIEST) -> list[NoisyAlert]:
        """Return the alerts with the most messages, then incidents; none without messages."""
        names = [name for name, tally in self._tallies.items() if tally.messages]

        def position(name: str) -> tuple[int, int, str]:
            tally = self._tallies[name]
            return -tally.messages, -tally.incidents, name

        return [
            NoisyAlert(
                name,
                self._tallies[name].figures(),
                [route for route, _ in sorted(self._routes[name].items(), key=_by_count)],
            )
            for name in sorted(names, key=position)[:limit]
        ]


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]

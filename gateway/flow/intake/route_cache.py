"""Where an alert goes, remembered for all that the routes of a plan see as equal.

Routes look at a few labels only, and those take few values: the way through the tree, the group
and the severity of most alerts were found before, for another alert.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.alerts.labels import Labels, format_labels
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan, Severity
from gateway.core.routing.match import Route, group_labels, match_routes, walk

CACHE_SIZE = 10_000
"""Combinations of labels' values; beyond it all are forgotten. A route may group by a label
whose value is always new."""


@dataclass(frozen=True, slots=True)
class GroupTarget:
    """A group that an alert belongs to: its route, the labels that name it, its identity."""

    route: Route
    group: Mapping[str, str]
    key: str


@dataclass(frozen=True, slots=True)
class RoutingResult:
    """What a plan says of an alert. `inhibits`: whether it is a source of any inhibition rule."""

    groups: tuple[GroupTarget, ...]
    severity: Severity
    inhibits: bool


class RouteCache:
    """The ways of alerts by one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        routes = list(walk(plan.root))
        self._names: tuple[str, ...] | None = None
        # Grouped by all labels, hardly two alerts are equal: remembering would only cost.
        if not any(route.group_by_all for route in routes):
            seen = {plan.severity_label}
            for route in routes:
                seen.update(route.group_by, (matcher.name for matcher in route.matchers))
            for rule in plan.inhibit_rules:
                seen.update(matcher.name for matcher in rule.source)
            self._names = tuple(sorted(seen))
        self._results: dict[tuple[str | None, ...], RoutingResult] = {}

    def of(self, labels: Labels) -> RoutingResult:
        """The way of an alert with these labels."""
        names = self._names
        if names is None:
            return self._match(labels)
        key = tuple(map(labels.get, names))
        routing = self._results.get(key)
        if routing is None:
            if len(self._results) >= CACHE_SIZE:
                self._results.clear()
            routing = self._results[key] = self._match(labels)
        return routing

    def _match(self, labels: Labels) -> RoutingResult:
        plan = self.plan
        return RoutingResult(
            tuple(_group_target(route, labels) for route in match_routes(plan.root, labels)),
            plan.severity_of(labels),
            any(matches_all(rule.source, labels) for rule in plan.inhibit_rules),
        )


def _group_target(route: Route, labels: Labels) -> GroupTarget:
    group = group_labels(route, labels)
    return GroupTarget(route, group, f"{route.id}:{format_labels(group)}")


_latest: RouteCache | None = None


def route_cache(plan: Plan) -> RouteCache:
    """The ways by this plan; those of the plan before are forgotten."""
    global _latest
    known = _latest
    if known is None or known.plan is not plan:
        known = _latest = RouteCache(plan)
    return known

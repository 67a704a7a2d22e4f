"""Cache of routing results: groups and severity of alerts that the routes treat as equal.

Routes match and group by a few labels only, and those have few values. So most alerts match the
same routes, and belong to a group of the same labels, as an earlier alert.
"""

from dataclasses import dataclass

from gateway.core.alerts.labels import Labels, format_labels
from gateway.core.alerts.source_labels import TEST_LABEL
from gateway.core.decide.join import GroupTarget
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan, Severity
from gateway.core.routing.match import Route, group_labels, walk

CACHE_SIZE = 10_000
"""Combinations of label values; beyond it the cache is emptied. It bounds memory where a route
groups by a label whose value is always new."""


@dataclass(frozen=True, slots=True)
class RoutingResult:
    """What the plan says of an alert; `inhibits`: it is a source of an inhibition rule.

    `team` is the id of the team that matches it, empty for none.
    """

    groups: tuple[GroupTarget, ...]
    severity: Severity
    inhibits: bool
    team: str


class RouteCache:
    """Routing results by one plan.

    The writer's thread uses it, and threads that play futures: they share the dictionary of
    results, whose single operations are atomic, and at worst match the same labels twice.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        routes = [*walk(plan.root), *plan.drill_routes.values()]
        self._names: tuple[str, ...] | None = None
        # Where routes group by all labels, hardly two alerts are equal: a cache only costs.
        if not any(route.group_by_all for route in routes):
            names = {plan.severity_label, TEST_LABEL}
            for route in routes:
                names.update(route.group_by, (matcher.name for matcher in route.matchers))
            for rule in plan.inhibit_rules:
                names.update(matcher.name for matcher in rule.source)
            for team in plan.teams.values():
                names.update(matcher.name for matcher in team.matchers)
            self._names = tuple(sorted(names))
        self._results: dict[tuple[str | None, ...], RoutingResult] = {}

    def of(self, labels: Labels) -> RoutingResult:
        """Return where an alert with these labels goes."""
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
            tuple(_group_target(route, labels) for route in plan.routes_of(labels)),
            plan.severity_of(labels),
            any(matches_all(rule.source, labels) for rule in plan.inhibit_rules),
            plan.team_of(labels),
        )


def _group_target(route: Route, labels: Labels) -> GroupTarget:
    group = group_labels(route, labels)
    return GroupTarget(route, group, f"{route.id}:{format_labels(group)}")


def routes_alike(one: Plan, other: Plan) -> bool:
    """Return whether both plans route alerts by the very same objects.

    A change of a rota gives a new plan with the same routes: nothing has to be matched again.
    """
    return (
        one.root is other.root
        and one.drill_routes is other.drill_routes
        and one.severities is other.severities
        and one.inhibit_rules is other.inhibit_rules
        and one.severity_label == other.severity_label
    )


_latest: RouteCache | None = None


def route_cache(plan: Plan) -> RouteCache:
    """Return the cache of this plan's routes, and drop that of other routes before."""
    global _latest
    latest = _latest
    if latest is None or not routes_alike(latest.plan, plan):
        latest = _latest = RouteCache(plan)
    return latest

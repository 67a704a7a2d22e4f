"""Matching of alerts to routes, and the group of an alert at a route.

The semantics are those of Alertmanager's ``route:`` (dispatch/route.go, its configuration docs): an
alert goes to the deepest matching nodes, left to right; a node that matched ends the search among
its siblings unless it says ``continue``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.alerts.labels import Labels, format_labels
from gateway.core.alerts.source_labels import TEST_LABEL, TEST_VALUE, is_test
from gateway.core.matching.matcher import Matcher
from gateway.core.routing.tree import Route, RouteSpec, build_route

__all__ = [
    "Route",
    "RouteSpec",
    "TraceStep",
    "build_route",
    "group_key",
    "group_labels",
    "match_routes",
    "trace",
    "walk",
]


@dataclass(frozen=True, slots=True)
class TraceStep:
    """The result of one node for an alert.

    `failed` is the first matcher that the alert did not fulfil, None where all were. `chosen` says
    that the alert stays at this node.
    """

    route: Route
    depth: int
    failed: Matcher | None
    chosen: bool

    @property
    def matched(self) -> bool:
        """Whether the alert fulfils all of the node's own matchers."""
        return self.failed is None


def match_routes(root: Route, labels: Labels) -> list[Route]:
    """Return the routes that match an alert with these labels, in the file's order.

    Never empty when the root has no matchers, which a configuration ensures.
    """
    matches: list[Route] = []
    _collect(root, labels, matches)
    return matches


def _collect(route: Route, labels: Labels, matches: list[Route]) -> bool:
    for matcher in route.matchers:
        if not matcher.matches(labels):
            return False
    before = len(matches)
    for child in route.children:
        if _collect(child, labels, matches) and not child.continue_:
            break
    if len(matches) == before:
        matches.append(route)
    return True


def trace(root: Route, labels: Labels) -> list[TraceStep]:
    """Return a step for every node that `match_routes` tests, parents first."""
    chosen = {route.id for route in match_routes(root, labels)}
    steps: list[TraceStep] = []

    def trace_node(route: Route, depth: int) -> bool:
        failed = next((one for one in route.matchers if not one.matches(labels)), None)
        steps.append(TraceStep(route, depth, failed, failed is None and route.id in chosen))
        if failed is not None:
            return False
        for child in route.children:
            if trace_node(child, depth + 1) and not child.continue_:
                break
        return True

    trace_node(root, 0)
    return steps


def group_labels(route: Route, labels: Labels) -> dict[str, str]:
    """Return the labels that name the alert's group, without those that it lacks.

    Tests are in groups of their own, by no label of `group_by`: a test must neither hide nor
    mark a real alert.
    """
    if route.group_by_all:
        return {name: value for name, value in labels.items() if value}
    group = {name: value for name in route.group_by if (value := labels.get(name))}
    if is_test(labels):
        group[TEST_LABEL] = TEST_VALUE
    return group


def group_key(route: Route, labels: Labels) -> str:
    """Return the group's name as Alertmanager writes it in its webhooks.

    For example ``{}/{team="billing"}:{alertname="X", job="y"}``. Siblings with the same
    matchers share it: together with the route's id it names a group.
    """
    return f"{route.key or route.id}:{format_labels(group_labels(route, labels))}"


def walk(root: Route) -> Iterator[Route]:
    """Yield all nodes in the order of the file, parents before children."""
    yield root
    for child in root.children:
        yield from walk(child)

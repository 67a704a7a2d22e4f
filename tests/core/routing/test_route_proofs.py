"""The search for routes that can never match."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.routing.match import Route, RouteSpec, build_route, match_routes, walk
from gateway.core.routing.proofs import UnreachableRoute, unreachable_routes

NAMES = ("a", "b")
VALUES = ("", "x", "y", "xy", "z")
LABEL_SETS = [dict(zip(NAMES, values, strict=True)) for values in itertools.product(VALUES, VALUES)]
CONDITIONS = st.builds(
    '{}{}"{}"'.format,
    st.sampled_from(NAMES),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["", "x", "y", "x|y", "x.*", ".*", ".+", "[xy]", "x?y?", "z|x|y"]),
)


def specs(depth: int) -> st.SearchStrategy[RouteSpec]:
    """Draw routes with up to two matchers, and up to four routes below each."""
    return st.builds(
        RouteSpec,
        matchers=st.lists(CONDITIONS, max_size=2),
        continue_=st.booleans(),
        routes=st.lists(specs(depth - 1), max_size=4) if depth else st.just([]),
    )


TREES = st.lists(specs(1), max_size=5).map(lambda routes: build_route(RouteSpec(routes=routes)))


def below(route: Route) -> set[str]:
    """Return the ids of a route and of all routes below it."""
    return {one.id for one in walk(route)}


@given(TREES)
def test_unreachable_route_matches_no_label_set(root: Route) -> None:
    """Brute force: no label set reaches a reported route or one below it."""
    reported = set().union(*(below(one.route) for one in unreachable_routes(root)))
    reached = {route.id for labels in LABEL_SETS for route in match_routes(root, labels)}
    assert not reported & reached


@given(TREES)
def test_reported_sibling_matches_all_alerts_of_the_route(root: Route) -> None:
    """Without the reported sibling, or with `continue`, the route is reachable."""
    for one in unreachable_routes(root):
        if one.earlier is None:
            continue
        for labels in LABEL_SETS:
            if all(matcher.matches(labels) for matcher in one.route.matchers):
                path = _path_to(root, one.route)
                if all(matcher.matches(labels) for matcher in path):
                    assert all(matcher.matches(labels) for matcher in one.earlier.matchers)


def _path_to(root: Route, route: Route) -> list[object]:
    """Return the matchers of the routes between the root and a route."""
    for child in root.children:
        if child.id == route.id:
            return []
        if route.id in below(child):
            return [*child.matchers, *_path_to(child, route)]
    return []


def test_route_behind_one_that_matches_all_is_reported() -> None:
    """An unreachable route is reported with the earlier sibling."""
    root = build_route(
        RouteSpec(
            routes=[
                RouteSpec(matchers=["a=1"]),
                RouteSpec(matchers=["a=1", "b=2"], routes=[RouteSpec(), RouteSpec()]),
                RouteSpec(matchers=["a=2"], continue_=True),
                RouteSpec(matchers=["a=2"], routes=[RouteSpec(), RouteSpec(matchers=["c=3"])]),
                RouteSpec(),
                RouteSpec(matchers=["z=1"]),
            ]
        )
    )
    first, second, _, fourth, all_, last = root.children
    assert unreachable_routes(root) == [
        UnreachableRoute(second, first),
        UnreachableRoute(fourth.children[1], fourth.children[0]),
        UnreachableRoute(last, all_),
    ]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ('team=~".*"', 'team="billing"'),
        ('team=~".*"', 'severity="critical"'),
        ('team=~".+"', 'team="billing"'),
        ('team!=""', 'team=~"billing|platform"'),
        ('severity=~"critical|warning"', 'severity="warning"'),
        ('severity=~"critical|warning"', 'severity=~"warning|critical"'),
        ('instance=~"db-.*"', 'instance=~"db-[0-9]+"'),
        ('team!="platform"', 'team="billing"'),
        ('env!~"test|dev"', 'env="prod"'),
    ],
)
def test_pattern_that_covers_a_later_one_makes_it_unreachable(earlier: str, later: str) -> None:
    """Patterns are compared by the values that they match."""
    root = build_route(
        RouteSpec(routes=[RouteSpec(matchers=[earlier]), RouteSpec(matchers=[later])])
    )
    first, second = root.children
    assert unreachable_routes(root) == [UnreachableRoute(second, first)]
    continuing = build_route(
        RouteSpec(
            routes=[RouteSpec(matchers=[earlier], continue_=True), RouteSpec(matchers=[later])]
        )
    )
    assert unreachable_routes(continuing) == []


def test_matchers_of_parent_routes_count() -> None:
    """Below `team="billing"` a route for any team matches all, one for another none."""
    below_billing = RouteSpec(
        matchers=['team="billing"'],
        routes=[
            RouteSpec(matchers=['team="platform"']),
            RouteSpec(matchers=['team=~".+"']),
            RouteSpec(matchers=['severity="critical"']),
        ],
    )
    root = build_route(RouteSpec(routes=[below_billing]))
    (billing,) = root.children
    platform, any_team, critical = billing.children
    assert unreachable_routes(root) == [
        UnreachableRoute(platform, None, (*billing.matchers, *platform.matchers)),
        UnreachableRoute(critical, any_team),
    ]


def test_duplicate_among_thousands_of_siblings_is_reported() -> None:
    """Each of 3000 siblings matches another value, one of them twice."""
    routes = [RouteSpec(matchers=[f'service="s{n}"', 'severity=~"a|b"']) for n in range(3000)]
    root = build_route(RouteSpec(routes=[*routes, routes[7]]))
    assert unreachable_routes(root) == [UnreachableRoute(root.children[-1], root.children[7])]

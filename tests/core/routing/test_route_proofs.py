"""Routes that can never match are found, and no route that can is suspected."""

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
    """Routes with up to two matchers, and up to four routes below each."""
    return st.builds(
        RouteSpec,
        matchers=st.lists(CONDITIONS, max_size=2),
        continue_=st.booleans(),
        routes=st.lists(specs(depth - 1), max_size=4) if depth else st.just([]),
    )


TREES = st.lists(specs(1), max_size=5).map(lambda routes: build_route(RouteSpec(routes=routes)))


def below(route: Route) -> set[str]:
    return {one.id for one in walk(route)}


@given(TREES)
def test_no_label_set_comes_to_a_route_that_is_unreachable(root: Route) -> None:
    """Brute force over label sets: what is reported takes none of them, nor does what is below."""
    reported = set().union(*(below(one.route) for one in unreachable_routes(root)))
    reached = {route.id for labels in LABEL_SETS for route in match_routes(root, labels)}
    assert not reported & reached


@given(TREES)
def test_the_sibling_that_is_named_takes_all_of_its_alerts(root: Route) -> None:
    """Without the route that is blamed, or with `continue`, the other one could be reached."""
    for one in unreachable_routes(root):
        if one.earlier is None:
            continue
        for labels in LABEL_SETS:
            if all(matcher.matches(labels) for matcher in one.route.matchers):
                path = _path_to(root, one.route)
                if all(matcher.matches(labels) for matcher in path):
                    assert all(matcher.matches(labels) for matcher in one.earlier.matchers)


def _path_to(root: Route, expected: Route) -> list[object]:
    for child in root.children:
        if child.id == expected.id:
            return []
        if expected.id in below(child):
            return [*child.matchers, *_path_to(child, expected)]
    return []


def test_routes_behind_one_that_takes_all_are_found() -> None:
    """A route that can never match is reported with the sibling that is in its way."""
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
def test_a_pattern_that_covers_shadows_what_stands_below(earlier: str, later: str) -> None:
    """Patterns are compared by what they take, not by how they are written."""
    root = build_route(
        RouteSpec(routes=[RouteSpec(matchers=[earlier]), RouteSpec(matchers=[later])])
    )
    first, second = root.children
    assert unreachable_routes(root) == [UnreachableRoute(second, first)]
    remaining = build_route(
        RouteSpec(
            routes=[RouteSpec(matchers=[earlier], continue_=True), RouteSpec(matchers=[later])]
        )
    )
    assert unreachable_routes(remaining) == []


def test_what_the_routes_above_ask_for_counts_as_well() -> None:
    """Below `team="billing"` a route for any team takes everything, and one for another nothing."""
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


def test_one_among_thousands_of_siblings_that_is_doubled_is_found() -> None:
    """Each asks for a value of its own, and only one for the same as another."""
    routes = [RouteSpec(matchers=[f'service="s{n}"', 'severity=~"a|b"']) for n in range(3000)]
    root = build_route(RouteSpec(routes=[*routes, routes[7]]))
    assert unreachable_routes(root) == [UnreachableRoute(root.children[-1], root.children[7])]

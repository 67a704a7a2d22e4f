"""Matchers of a silence that is made from an incident."""

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.routing.silence_scope import incident_matchers

ROOT = build_route(
    RouteSpec(
        receiver="everyone",
        routes=[
            RouteSpec(
                matchers=['team="billing"'],
                routes=[RouteSpec(matchers=['severity=~"critical|warning"', 'env!="test"'])],
            )
        ],
    )
)
BILLING = ROOT.children[0]
SEVERE = BILLING.children[0]
TEAM = Matcher("team", "=", "billing")


def test_matchers_are_those_of_the_routes_and_the_group() -> None:
    """Another team's alert of the same name is still notified."""
    assert incident_matchers(ROOT, SEVERE.id, {"alertname": "X"}) == (
        TEAM,
        Matcher("env", "!=", "test"),
        Matcher("severity", "=~", "critical|warning"),
        Matcher("alertname", "=", "X"),
    )


def test_label_of_the_group_replaces_matchers_on_it() -> None:
    """The group's own value is more precise than a matcher on it."""
    matchers = incident_matchers(ROOT, SEVERE.id, {"severity": "critical", "team": "billing"})
    assert matchers == (
        Matcher("env", "!=", "test"),
        Matcher("severity", "=", "critical"),
        TEAM,
    )


def test_removed_route_leaves_the_matchers_of_the_group() -> None:
    """After a reload only the group is known."""
    assert incident_matchers(ROOT, "{}/gone/0", {"alertname": "X"}) == (
        Matcher("alertname", "=", "X"),
    )


def test_single_group_of_the_root_has_no_matchers() -> None:
    """Without labels and matchers a silence would match everything."""
    assert incident_matchers(ROOT, ROOT.id, {}) == ()

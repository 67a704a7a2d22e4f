"""What a silence made from an incident silences."""

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


def test_the_matchers_of_the_route_and_its_group_count() -> None:
    """So another team's alert of the same name is still notified."""
    assert incident_matchers(ROOT, SEVERE.id, {"alertname": "X"}) == (
        TEAM,
        Matcher("env", "!=", "test"),
        Matcher("severity", "=~", "critical|warning"),
        Matcher("alertname", "=", "X"),
    )


def test_a_label_of_the_group_says_more_than_a_condition_on_it() -> None:
    """The group's own value is in there already."""
    result = incident_matchers(ROOT, SEVERE.id, {"severity": "critical", "team": "billing"})
    assert result == (
        Matcher("env", "!=", "test"),
        Matcher("severity", "=", "critical"),
        TEAM,
    )


def test_a_route_that_is_gone() -> None:
    """After a reload the group is what is known."""
    assert incident_matchers(ROOT, "{}/gone/0", {"alertname": "X"}) == (
        Matcher("alertname", "=", "X"),
    )


def test_one_group_for_all_at_the_root() -> None:
    """Nothing distinguishes its alerts from others."""
    assert incident_matchers(ROOT, ROOT.id, {}) == ()

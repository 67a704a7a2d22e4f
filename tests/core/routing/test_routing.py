"""The routing tree, with the results that it has in Alertmanager."""

from dataclasses import FrozenInstanceError

import pytest

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import (
    Route,
    RouteSpec,
    build_route,
    group_key,
    group_labels,
    match_routes,
    trace,
    walk,
)

BILLING = RouteSpec(
    receiver="everyone",
    group_by=["alertname", "team"],
    repeat_interval=3600.0,
    routes=[
        RouteSpec(
            receiver="audit", matchers=['severity="critical"'], continue_=True, group_by=["..."]
        ),
        RouteSpec(
            receiver="billing",
            match={"team": "billing"},
            group_wait=0.0,
            mute_time_intervals=["nights"],
            labels={"tier": "gold"},
            routes=[
                RouteSpec(receiver="pager", matchers=['severity="critical"'], group_by=[]),
                RouteSpec(match_re={"severity": "warn.*"}, line=12, labels={"desk": "2"}),
            ],
        ),
        RouteSpec(receiver="platform", matchers=['team="platform"']),
    ],
)
CRITICAL = {"alertname": "DoubleChargeDetected", "severity": "critical", "team": "billing"}


def receivers(root: Route, **labels: str) -> list[str]:
    """Return the receivers of an alert with these labels."""
    return [route.receiver for route in match_routes(root, labels)]


def route_with_id(root: Route, route_id: str) -> Route:
    """Return the route with this id."""
    return next(route for route in walk(root) if route.id == route_id)


def test_alert_matches_the_deepest_routes_left_to_right() -> None:
    """`continue` offers an alert to later siblings; a match without it ends the search."""
    root = build_route(BILLING)
    assert receivers(root, **CRITICAL) == ["audit", "pager"]
    assert receivers(root, team="billing", severity="info") == ["billing"]
    assert receivers(root, team="platform", severity="critical") == ["audit", "platform"]


def test_alert_without_a_matching_child_stays_with_the_parent() -> None:
    """Promise 2: The root matches every alert."""
    root = build_route(BILLING)
    assert receivers(root, team="nobody") == ["everyone"]
    assert receivers(root) == ["everyone"]


def test_match_of_a_child_ends_the_search_of_its_parents_level() -> None:
    """The parent's own `continue` decides whether its siblings are offered the alert."""
    root = build_route(
        RouteSpec(
            receiver="root",
            routes=[
                RouteSpec(receiver="a", matchers=["x=1"], routes=[RouteSpec(matchers=["y=1"])]),
                RouteSpec(receiver="b", matchers=["y=1"]),
            ],
        )
    )
    assert receivers(root, x="1", y="1") == ["a"]
    assert receivers(root, y="1") == ["b"]


def test_options_are_inherited_from_the_parent() -> None:
    """Everything is inherited except the time intervals and `continue`."""
    warn = route_with_id(build_route(BILLING), '{}/{team="billing"}/0/{severity=~"^(?:warn.*)$"}/0')
    assert warn.receiver == "billing"
    assert warn.group_by == ("alertname", "team")
    assert (warn.group_wait, warn.group_interval, warn.repeat_interval) == (0.0, 300.0, 3600.0)
    assert warn.mute_time_intervals == ()
    assert warn.continue_ is False
    assert warn.line == 12
    assert warn.labels == {"tier": "gold", "desk": "2"}


def test_defaults_equal_those_of_alertmanager() -> None:
    """The default intervals are 30 s, 5 min and 4 h, and all alerts are one group."""
    root = build_route(RouteSpec())
    assert (root.group_wait, root.group_interval, root.repeat_interval) == (30.0, 300.0, 14400.0)
    assert (root.group_by, root.group_by_all, root.receiver) == ((), False, "")
    assert set(root.origins.values()) == {"default"}
    assert root.own == frozenset()


def test_origin_of_each_option_is_recorded() -> None:
    """E31: An explanation names the route that set each value."""
    root = build_route(BILLING)
    billing, warn = '{}/{team="billing"}/0', '{}/{team="billing"}/0/{severity=~"^(?:warn.*)$"}/0'
    assert route_with_id(root, warn).own == frozenset()
    assert route_with_id(root, warn).origins == {
        "receiver": billing,
        "group_by": "{}",
        "group_wait": billing,
        "group_interval": "default",
        "repeat_interval": "{}",
        "respond_within": "default",
        "reopen_after": "default",
        "mute_time_intervals": "default",
        "active_time_intervals": "default",
    }
    assert route_with_id(root, billing).origins["mute_time_intervals"] == billing
    assert route_with_id(root, billing).own == {"receiver", "group_wait", "mute_time_intervals"}


def test_empty_group_by_is_one_group() -> None:
    """E31: `group_by: []` in a child overrides the parent's labels."""
    root = build_route(BILLING)
    pager = match_routes(root, CRITICAL)[1]
    assert pager.group_by == ()
    assert not pager.group_by_all
    assert pager.origins["group_by"] == pager.id
    assert group_key(pager, CRITICAL) == '{}/{team="billing"}/{severity="critical"}:{}'


def test_group_by_three_dots_is_inherited_until_overridden() -> None:
    """`...` groups by every label, and a child's own labels override it."""
    root = build_route(
        RouteSpec(
            group_by=["..."],
            routes=[RouteSpec(matchers=["a=1"]), RouteSpec(matchers=["a=2"], group_by=["a"])],
        )
    )
    inherited, own = root.children
    assert inherited.group_by_all
    assert group_labels(inherited, {"a": "1", "b": "2", "c": ""}) == {"a": "1", "b": "2"}
    assert not own.group_by_all
    assert group_labels(own, {"a": "2", "b": "2"}) == {"a": "2"}
    with pytest.raises(ValueError, match=r"must stand alone, not beside 'team'"):
        build_route(RouteSpec(group_by=["...", "team"]))


def test_group_key_equals_that_of_alertmanager() -> None:
    """The key contains the route's matchers and the sorted labels that are present."""
    root = build_route(RouteSpec(group_by=["team", "alertname", "zone"]))
    labels = {"team": 'a "b"', "alertname": "X", "zone": "", "instance": "1"}
    assert group_key(root, labels) == '{}:{alertname="X", team="a \\"b\\""}'
    assert group_key(root, {}) == "{}:{}"


def test_equal_siblings_have_different_ids() -> None:
    """Two routes with the same matchers share Alertmanager's key, not our id."""
    twin = RouteSpec(matchers=["a=1"], continue_=True)
    one, other = build_route(RouteSpec(routes=[twin, twin])).children
    assert one.key == other.key == '{}/{a="1"}'
    assert (one.id, other.id) == ('{}/{a="1"}/0', '{}/{a="1"}/1')


def test_route_inserted_first_keeps_the_ids_of_others() -> None:
    """E8: Open incidents refer to route ids, so a new sibling must not change them."""

    def ids(*teams: str) -> set[str]:
        routes = [RouteSpec(matchers=[f'team="{team}"']) for team in teams]
        return {route.id for route in walk(build_route(RouteSpec(routes=routes)))}

    assert ids("billing", "search") < ids("payments", "billing", "search")


def test_matchers_in_any_form_and_order_give_one_id() -> None:
    """The id does not depend on the order or the form of the matchers."""
    spec = RouteSpec(
        matchers=['z="1", b!="2"', Matcher("a", "=~", "x")], match={"m": "1"}, match_re={"c": "y"}
    )
    assert build_route(spec).id == '{a=~"x",b!="2",c=~"^(?:y)$",m="1",z="1"}'


def test_trace_contains_every_tested_route() -> None:
    """Promise 2: `explain` names the matcher that kept an alert from a route."""
    root = build_route(BILLING)
    labels = {"team": "billing", "severity": "info"}
    steps = [
        (step.depth, step.route.receiver, step.matched, str(step.failed or ""), step.chosen)
        for step in trace(root, labels)
    ]
    assert steps == [
        (0, "everyone", True, "", False),
        (1, "audit", False, 'severity="critical"', False),
        (1, "billing", True, "", True),
        (2, "pager", False, 'severity="critical"', False),
        (2, "billing", False, 'severity=~"^(?:warn.*)$"', False),
    ]


@pytest.mark.parametrize(
    "labels", [CRITICAL, {}, {"team": "platform", "severity": "critical"}, {"team": "billing"}]
)
def test_trace_chooses_the_matching_routes(labels: dict[str, str]) -> None:
    """An explanation never contradicts the routing."""
    root = build_route(BILLING)
    chosen = [step.route for step in trace(root, labels) if step.chosen]
    assert chosen == match_routes(root, labels)


def test_routes_are_immutable_and_comparable() -> None:
    """Routes built from the same file are equal and can be used as keys."""
    one, other = build_route(BILLING), build_route(BILLING)
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(FrozenInstanceError):
        one.receiver = "x"  # type: ignore[misc]  # the assignment under test

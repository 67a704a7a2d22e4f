"""The routing tree takes alerts where Alertmanager would take them."""

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
    return [route.receiver for route in match_routes(root, labels)]


def find(root: Route, route_id: str) -> Route:
    return next(route for route in walk(root) if route.id == route_id)


def test_an_alert_goes_to_the_deepest_routes_left_to_right() -> None:
    """`continue` offers an alert to later siblings, a match without it ends the search."""
    root = build_route(BILLING)
    assert receivers(root, **CRITICAL) == ["audit", "pager"]
    assert receivers(root, team="billing", severity="info") == ["billing"]
    assert receivers(root, team="platform", severity="critical") == ["audit", "platform"]


def test_an_alert_that_no_child_takes_stays_with_the_parent() -> None:
    """Nothing falls through: the root takes what nobody else does (Promise 2)."""
    root = build_route(BILLING)
    assert receivers(root, team="nobody") == ["everyone"]
    assert receivers(root) == ["everyone"]


def test_a_match_deeper_down_ends_the_search_above() -> None:
    """A child that matched ends its parent's level by the parent's own `continue`."""
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


def test_what_a_route_does_not_say_it_takes_from_its_parent() -> None:
    """Everything is inherited but the time intervals and `continue`."""
    warn = find(build_route(BILLING), '{}/{team="billing"}/0/{severity=~"^(?:warn.*)$"}/0')
    assert warn.receiver == "billing"
    assert warn.group_by == ("alertname", "team")
    assert (warn.group_wait, warn.group_interval, warn.repeat_interval) == (0.0, 300.0, 3600.0)
    assert warn.mute_time_intervals == ()
    assert warn.continue_ is False
    assert warn.line == 12
    assert warn.labels == {"tier": "gold", "desk": "2"}


def test_defaults_are_alertmanagers() -> None:
    """Without a word about them, the intervals are 30 s, 5 min and 4 h, and all is one group."""
    root = build_route(RouteSpec())
    assert (root.group_wait, root.group_interval, root.repeat_interval) == (30.0, 300.0, 14400.0)
    assert (root.group_by, root.group_by_all, root.receiver) == ((), False, "")
    assert set(root.origins.values()) == {"default"}
    assert root.own == frozenset()


def test_every_option_knows_where_it_comes_from() -> None:
    """An explanation can say for each value which route set it (E31)."""
    root = build_route(BILLING)
    billing, warn = '{}/{team="billing"}/0', '{}/{team="billing"}/0/{severity=~"^(?:warn.*)$"}/0'
    assert find(root, warn).own == frozenset()
    assert find(root, warn).origins == {
        "receiver": billing,
        "group_by": "{}",
        "group_wait": billing,
        "group_interval": "default",
        "repeat_interval": "{}",
        "mute_time_intervals": "default",
        "active_time_intervals": "default",
    }
    assert find(root, billing).origins["mute_time_intervals"] == billing
    assert find(root, billing).own == {"receiver", "group_wait", "mute_time_intervals"}


def test_an_explicit_empty_group_by_is_one_group() -> None:
    """`group_by: []` in a child overrides the parent's labels (E31)."""
    root = build_route(BILLING)
    pager = match_routes(root, CRITICAL)[1]
    assert pager.group_by == ()
    assert not pager.group_by_all
    assert pager.origins["group_by"] == pager.id
    assert group_key(pager, CRITICAL) == '{}/{team="billing"}/{severity="critical"}:{}'


def test_three_dots_group_by_every_label_until_a_child_says_otherwise() -> None:
    """`...` is inherited, and a child's own labels end it."""
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


def test_a_group_is_named_as_alertmanager_names_it() -> None:
    """The key holds the route's matchers and the sorted labels; absent ones are left out."""
    root = build_route(RouteSpec(group_by=["team", "alertname", "zone"]))
    labels = {"team": 'a "b"', "alertname": "X", "zone": "", "instance": "1"}
    assert group_key(root, labels) == '{}:{alertname="X", team="a \\"b\\""}'
    assert group_key(root, {}) == "{}:{}"


def test_ids_tell_equal_siblings_apart() -> None:
    """Two routes with the same matchers share Alertmanager's key, not our id."""
    twin = RouteSpec(matchers=["a=1"], continue_=True)
    one, other = build_route(RouteSpec(routes=[twin, twin])).children
    assert one.key == other.key == '{}/{a="1"}'
    assert (one.id, other.id) == ('{}/{a="1"}/0', '{}/{a="1"}/1')


def test_a_route_put_first_renames_no_other() -> None:
    """E8: open incidents are known by the ids of their routes: a sibling must not move them."""

    def ids(*teams: str) -> set[str]:
        routes = [RouteSpec(matchers=[f'team="{team}"']) for team in teams]
        return {route.id for route in walk(build_route(RouteSpec(routes=routes)))}

    assert ids("billing", "search") < ids("payments", "billing", "search")


def test_matchers_of_all_forms_are_one_sorted_list() -> None:
    """The id of a route does not depend on the order or the form in which matchers are written."""
    spec = RouteSpec(
        matchers=['z="1", b!="2"', Matcher("a", "=~", "x")], match={"m": "1"}, match_re={"c": "y"}
    )
    assert build_route(spec).id == '{a=~"x",b!="2",c=~"^(?:y)$",m="1",z="1"}'


def test_a_trace_explains_every_node_that_was_tested() -> None:
    """`explain` can say which matcher kept an alert from a route (Promise 2)."""
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
def test_a_trace_chooses_what_matching_chooses(labels: dict[str, str]) -> None:
    """An explanation never contradicts what was done."""
    root = build_route(BILLING)
    chosen = [step.route for step in trace(root, labels) if step.chosen]
    assert chosen == match_routes(root, labels)


def test_a_route_can_be_kept_and_compared() -> None:
    """Routes are values: equal when built from the same file, usable as keys, not to be changed."""
    one, other = build_route(BILLING), build_route(BILLING)
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(FrozenInstanceError):
        one.receiver = "x"  # type: ignore[misc]  # the very thing that must fail

"""Intervals of a group: the route's own, the severity's, or inherited ones."""

import pytest

from gateway.core.plan.intervals import SHORTEST_REPEAT, next_tick, timing
from gateway.core.plan.plan import Repeats, Severity
from gateway.core.routing.match import RouteSpec, build_route, walk

CRITICAL = Severity("critical", 1, None, 0.0, None, 7200.0)
CRITICAL_AS_WRITTEN = Severity("critical", 1)
EXACT, ON_TICKS = Repeats.EXACT, Repeats.ON_TICKS


def test_route_wins_over_severity_and_severity_over_inherited() -> None:
    """An interval of the route wins over `severities`, which win over inherited ones."""
    root = build_route(
        RouteSpec(
            receiver="everyone",
            group_wait=30.0,
            repeat_interval=14400.0,
            routes=[RouteSpec(), RouteSpec(repeat_interval=600.0)],
        )
    )
    top, inherits, own = walk(root)
    assert timing(inherits, CRITICAL, EXACT).repeat_interval == 7200.0
    assert timing(inherits, CRITICAL, EXACT).origins["repeat_interval"] == "severity critical"
    assert timing(own, CRITICAL, EXACT).repeat_interval == 600.0
    assert timing(own, CRITICAL, EXACT).group_wait == 0.0
    assert timing(top, CRITICAL, EXACT).repeat_interval == 14400.0
    assert timing(inherits, Severity("odd", 9), EXACT).group_wait == 30.0
    assert timing(inherits, Severity("odd", 9), EXACT).group_interval == 300.0


def test_respond_within_of_a_route_wins_and_is_inherited() -> None:
    """A route's own wins over the severity's, which wins over what the route inherits."""
    root = build_route(
        RouteSpec(
            receiver="everyone",
            respond_within="same day",
            routes=[RouteSpec(), RouteSpec(respond_within=600.0, routes=[RouteSpec()])],
        )
    )
    top, inherits, own, below = walk(root)
    hour, none = Severity("critical", 1, 3600.0), Severity("info", 3)
    assert [timing(route, hour, EXACT).respond_within for route in (top, inherits, own, below)] == [
        *("same day", 3600.0, 600.0, 3600.0)
    ]
    assert [timing(route, none, EXACT).respond_within for route in (top, inherits, own, below)] == [
        *("same day", "same day", 600.0, 600.0)
    ]
    assert timing(below, none, EXACT).origins["respond_within"] == own.id
    assert timing(below, hour, EXACT).origins["respond_within"] == "severity critical"


def test_very_short_repeat_interval_is_raised() -> None:
    """A repeat_interval of a millisecond does not evaluate without end."""
    root = build_route(RouteSpec(receiver="everyone", repeat_interval=0.001))
    assert timing(root, CRITICAL, EXACT).repeat_interval == SHORTEST_REPEAT


@pytest.mark.parametrize(
    ("at", "tick"), [(0.0, 30.0), (30.0, 30.0), (30.1, 330.0), (330.0, 330.0), (3600.0, 3630.0)]
)
def test_next_tick_keeps_the_phase(at: float, tick: float) -> None:
    """As in Alertmanager, ticks are group_interval apart from the end of group_wait."""
    assert next_tick(30.0, 300.0, at) == tick


@pytest.mark.parametrize(
    ("repeat_interval", "effective"),
    [(20 * 60.0, 30 * 60.0), (30 * 60.0, 30 * 60.0), (0.001, 15 * 60.0)],
)
def test_repeats_on_ticks_are_rounded_up_to_ticks(repeat_interval: float, effective: float) -> None:
    """E6: 20 m of repeats at ticks of 15 m are 30 m; exact repeats are 20 m."""
    root = build_route(
        RouteSpec(receiver="everyone", group_interval=900.0, repeat_interval=repeat_interval)
    )
    odd = Severity("odd", 9)
    assert timing(root, odd, ON_TICKS).repeats_every == effective
    assert timing(root, odd, EXACT).repeats_every == max(repeat_interval, SHORTEST_REPEAT)


@pytest.mark.parametrize(
    ("notified_at", "repeat_at"),
    [
        (30.0, 60.0),
        (29.999, 60.0),  # a timer fired early: it counts as that tick
        (30.4, 60.0),  # the decision came late, as after a pause of the machine
        (33.0, 70.0),  # notified between ticks because of worse severity
        (39.999, 70.0),
    ],
)
def test_late_or_early_tick_counts_as_its_tick(notified_at: float, repeat_at: float) -> None:
    """A lag of milliseconds neither doubles a repeat nor postpones it by a tick."""
    root = build_route(RouteSpec(receiver="everyone", group_interval=10.0, repeat_interval=30.0))
    assert timing(root, CRITICAL_AS_WRITTEN, ON_TICKS).repeat_at(10.0, notified_at) == repeat_at

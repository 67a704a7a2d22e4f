"""Whose interval holds: the route's own, then the severity's, then what is inherited."""

import pytest

from gateway.core.plan.intervals import SHORTEST_REPEAT, next_tick, timing
from gateway.core.plan.plan import Repeats, Severity
from gateway.core.routing.match import RouteSpec, build_route, walk

CRITICAL = Severity("critical", 1, None, 0.0, None, 7200.0)
CRITICAL_AS_WRITTEN = Severity("critical", 1)
EXACT, ON_TICKS = Repeats.EXACT, Repeats.ON_TICKS


def test_order_of_precedence() -> None:
    """What a route says itself wins over severities:, which wins over what it inherits."""
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


def test_repeats_are_bounded() -> None:
    """A repeat_interval of a millisecond (Alertmanager: at every flush) must not spin."""
    root = build_route(RouteSpec(receiver="everyone", repeat_interval=0.001))
    assert timing(root, CRITICAL, EXACT).repeat_interval == SHORTEST_REPEAT


@pytest.mark.parametrize(
    ("at", "tick"), [(0.0, 30.0), (30.0, 30.0), (30.1, 330.0), (330.0, 330.0), (3600.0, 3630.0)]
)
def test_ticks_keep_their_phase(at: float, tick: float) -> None:
    """Alertmanager: flushes come group_interval apart, counted from the end of group_wait."""
    assert next_tick(30.0, 300.0, at) == tick


@pytest.mark.parametrize(
    ("asked", "comes_to"), [(20 * 60.0, 30 * 60.0), (30 * 60.0, 30 * 60.0), (0.001, 15 * 60.0)]
)
def test_what_repeats_come_to_on_the_group_interval(asked: float, comes_to: float) -> None:
    """E6: 20 m of repeats at ticks of 15 m are 30 m, and one can see that; exact ones are 20 m."""
    root = build_route(RouteSpec(receiver="everyone", group_interval=900.0, repeat_interval=asked))
    odd = Severity("odd", 9)
    assert timing(root, odd, ON_TICKS).repeats_every == comes_to
    assert timing(root, odd, EXACT).repeats_every == max(asked, SHORTEST_REPEAT)


@pytest.mark.parametrize(
    ("told_at", "again_at"),
    [
        (30.0, 60.0),
        (29.999, 60.0),  # a timer fired early: it was that tick all the same
        (30.4, 60.0),  # the decision came late, as after a pause of the machine
        (33.0, 70.0),  # said in between, for worse severity
        (39.999, 70.0),
    ],
)
def test_a_tick_counts_as_the_tick_it_was_meant_to_be(told_at: float, again_at: float) -> None:
    """Milliseconds of lag neither double a repeat nor let it slip to the tick after."""
    root = build_route(RouteSpec(receiver="everyone", group_interval=10.0, repeat_interval=30.0))
    assert timing(root, CRITICAL_AS_WRITTEN, ON_TICKS).repeat_at(10.0, told_at) == again_at

"""Whose interval holds: the route's own, then the severity's, then what is inherited."""

import pytest

from gateway.core.plan import Severity
from gateway.core.routing import RouteSpec, build_route, walk
from gateway.core.timing import SHORTEST_REPEAT, next_tick, timing

CRITICAL = Severity("critical", 1, None, 0.0, None, 7200.0)


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
    assert timing(inherits, CRITICAL).repeat_interval == 7200.0
    assert timing(inherits, CRITICAL).origins["repeat_interval"] == "severity critical"
    assert timing(own, CRITICAL).repeat_interval == 600.0
    assert timing(own, CRITICAL).group_wait == 0.0
    assert timing(top, CRITICAL).repeat_interval == 14400.0
    assert timing(inherits, Severity("odd", 9)).group_wait == 30.0
    assert timing(inherits, Severity("odd", 9)).group_interval == 300.0


def test_repeats_are_bounded() -> None:
    """A repeat_interval of a millisecond (Alertmanager: at every flush) must not spin."""
    root = build_route(RouteSpec(receiver="everyone", repeat_interval=0.001))
    assert timing(root, CRITICAL).repeat_interval == SHORTEST_REPEAT


@pytest.mark.parametrize(
    ("at", "tick"), [(0.0, 30.0), (30.0, 30.0), (30.1, 330.0), (330.0, 330.0), (3600.0, 3630.0)]
)
def test_ticks_keep_their_phase(at: float, tick: float) -> None:
    """Alertmanager: flushes come group_interval apart, counted from the end of group_wait."""
    assert next_tick(30.0, 300.0, at) == tick

"""The span of feeds, and the whole stretches in it."""

from datetime import date, time
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.planned import (
    AHEAD,
    BACK,
    DAY,
    WEEK,
    Span,
    feed_span,
    whole_stints,
)
from gateway.core.oncall.rota import Handover, Layer, Rota, on_call, shifts
from tests.core.random_rotas import rotas, without_deadline
from tests.core.turns import one_each

NOW = 1_795_000_000.0


@given(st.floats(min_value=0, max_value=4e9), st.floats(min_value=0, max_value=WEEK))
def test_span_stays_equal_for_days_and_moves_by_whole_weeks(now: float, later: float) -> None:
    """It always covers two weeks back and a year ahead, and changes once a week at most."""
    span, next_span = feed_span(now), feed_span(now + later)
    assert span.start <= now - BACK < span.start + WEEK
    assert now + AHEAD < span.end <= now + AHEAD + WEEK
    assert next_span.start - span.start in (0.0, WEEK)


def test_turn_over_the_edge_of_the_span_is_whole() -> None:
    """A turn that began before the span is not cut, so its start does not move every week."""
    layer = Layer(
        turns=one_each(("ana", "ben")),
        every=1,
        unit="month",
        handover=Handover(time(9)),
        start=date(2026, 1, 5),
    )
    rota = Rota("billing", "Europe/Berlin", (layer,))
    span = feed_span(NOW)
    stints = whole_stints(partial(shifts, rota), span)
    assert stints[0].start < span.start < stints[0].end
    assert stints[-1].start < span.end < stints[-1].end
    assert all(27 * DAY < one.end - one.start < 32 * DAY for one in stints)


@without_deadline
@given(rotas(), st.floats(min_value=0, max_value=10 * DAY))
def test_stints_are_who_is_on_call(drawn: tuple[Rota, float], after: float) -> None:
    """At any instant of the span those on call are those with a stint."""
    rota, midnight = drawn
    at = midnight + after
    stints = whole_stints(partial(shifts, rota), Span(midnight, midnight + 10 * DAY + 1))
    assert {one.person for one in stints if one.start <= at < one.end} == set(on_call(rota, at))

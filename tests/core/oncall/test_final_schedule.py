"""The final schedule that paging, calendar, handover and gap check share (E26)."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.rota import Rota, explain, gaps, next_change, on_call, shifts, stints
from tests.core.random_rotas import DAY, people_by_the_rules, rotas, without_deadline

windows = st.tuples(st.floats(-3 * DAY, 2 * DAY), st.floats(0.5, 5 * DAY))


@without_deadline
@given(rotas(), windows)
def test_shifts_have_no_gap_and_no_overlap(
    rota_and_midnight: tuple[Rota, float], window: tuple[float, float]
) -> None:
    """E24, Promise 12: Shifts cover the requested time without gaps in every zone."""
    rota, midnight = rota_and_midnight
    start, end = midnight + window[0], midnight + sum(window)
    result = shifts(rota, start, end)
    assert (result[0].start, result[-1].end) == (start, end)
    assert all(shift.start < shift.end for shift in result)
    for before, after in pairwise(result):
        assert before.end == after.start
        assert (before.turn, before.by, before.also) != (after.turn, after.by, after.also)


@without_deadline
@given(rotas(), st.floats(0, 1))
def test_on_call_equals_the_slow_evaluation_of_the_rules(
    rota_and_midnight: tuple[Rota, float], part: float
) -> None:
    """E24-E26: At the edges and in the middle of a shift its people are on call."""
    rota, midnight = rota_and_midnight
    for shift in shifts(rota, midnight - 1.5 * DAY, midnight + 1.5 * DAY):
        inside = shift.start + part * (shift.end - shift.start) * 0.999
        for t in (shift.start, inside, shift.end - 0.25):
            assert on_call(rota, t) == people_by_the_rules(rota, t) == shift.people


@without_deadline
@given(rotas())
def test_shift_is_the_same_in_any_window(rota_and_midnight: tuple[Rota, float]) -> None:
    """E26: A calendar of two days shows the same as one of a month."""
    rota, midnight = rota_and_midnight
    wide = shifts(rota, midnight - 10 * DAY, midnight + 20 * DAY)
    for shift in shifts(rota, midnight, midnight + 2 * DAY):
        (around,) = [w for w in wide if w.start <= shift.start < w.end]
        assert (around.people, around.by) == (shift.people, shift.by)
        assert around.end == shift.end or shift.end == midnight + 2 * DAY


@without_deadline
@given(rotas(), st.floats(-3 * DAY, 3 * DAY))
def test_explanation_agrees_with_who_is_on_call(
    rota_and_midnight: tuple[Rota, float], offset: float
) -> None:
    """E26: Since, until and next agree with who is on call on both sides of each."""
    rota, midnight = rota_and_midnight
    t = midnight + offset
    now = explain(rota, t)
    people = on_call(rota, t)
    assert now.people == people
    if now.since is not None:
        assert now.since <= t
        assert on_call(rota, now.since) == people
        assert on_call(rota, now.since - 0.25) != people
    if now.until is None:
        assert next_change(rota, t) == float("inf")
    else:
        assert now.until == next_change(rota, t) > t
        assert on_call(rota, now.until - 0.25) == people
        assert on_call(rota, now.until) != people
        assert now.next_people == on_call(rota, now.until)


@without_deadline
@given(rotas())
def test_gaps_and_stints_agree_with_the_shifts(rota_and_midnight: tuple[Rota, float]) -> None:
    """E28: A gap is exactly where no person's own calendar has an entry."""
    rota, midnight = rota_and_midnight
    start, end = midnight - 2 * DAY, midnight + 3 * DAY
    own = stints(rota, start, end)
    holes = gaps(rota, start, end)
    for shift in shifts(rota, start, end):
        covering = {s.person for s in own if s.start <= shift.start and shift.end <= s.end}
        assert covering == set(shift.people)
        assert any(a <= shift.start and shift.end <= b for a, b in holes) is (not shift.people)
    assert all(first[1] < second[0] for first, second in pairwise(holes))

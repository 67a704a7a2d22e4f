"""Paging, calendar, hand-over and gap check read the same final schedule (E26)."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.rota import Rota, explain, gaps, next_change, on_call, shifts, stints
from tests.core.rota_worlds import DAY, people_by_the_rules, unhurried, worlds

windows = st.tuples(st.floats(-3 * DAY, 2 * DAY), st.floats(0.5, 5 * DAY))


@unhurried
@given(worlds(), windows)
def test_shifts_leave_no_gap_and_no_overlap(
    world: tuple[Rota, float], window: tuple[float, float]
) -> None:
    """E24, Promise 12: shifts touch from the first instant asked for to the last, in every zone."""
    rota, midnight = world
    start, end = midnight + window[0], midnight + sum(window)
    result = shifts(rota, start, end)
    assert (result[0].start, result[-1].end) == (start, end)
    assert all(shift.start < shift.end for shift in result)
    for before, after in pairwise(result):
        assert before.end == after.start
        assert (before.people, before.by) != (after.people, after.by)


@unhurried
@given(worlds(), st.floats(0, 1))
def test_on_call_is_what_the_rules_say(world: tuple[Rota, float], part: float) -> None:
    """E24-E26: at the edges and in the middle of every shift the people are those of the rules."""
    rota, midnight = world
    for shift in shifts(rota, midnight - 1.5 * DAY, midnight + 1.5 * DAY):
        inside = shift.start + part * (shift.end - shift.start) * 0.999
        for t in (shift.start, inside, shift.end - 0.25):
            assert on_call(rota, t) == people_by_the_rules(rota, t) == shift.people


@unhurried
@given(worlds())
def test_a_shift_does_not_depend_on_the_window(world: tuple[Rota, float]) -> None:
    """E26: a calendar of two days shows the same as the two days within a calendar of a month."""
    rota, midnight = world
    wide = shifts(rota, midnight - 10 * DAY, midnight + 20 * DAY)
    for shift in shifts(rota, midnight, midnight + 2 * DAY):
        (around,) = [w for w in wide if w.start <= shift.start < w.end]
        assert (around.people, around.by) == (shift.people, shift.by)
        assert around.end == shift.end or shift.end == midnight + 2 * DAY


@unhurried
@given(worlds(), st.floats(-3 * DAY, 3 * DAY))
def test_explain_bounds_the_stretch_with_the_same_people(
    world: tuple[Rota, float], offset: float
) -> None:
    """E26: since, until and who is next agree with who is on call on both sides of each."""
    rota, midnight = world
    t = midnight + offset
    now = explain(rota, t)
    people = on_call(rota, t)
    assert ((now.person, *now.also) if now.person else ()) == people
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
        assert now.next_person == next(iter(on_call(rota, now.until)), None)
        assert now.next_people == on_call(rota, now.until)


@unhurried
@given(worlds())
def test_gaps_and_stints_cover_the_same_time_as_the_shifts(world: tuple[Rota, float]) -> None:
    """E28: a gap is exactly where no person's own calendar has an entry."""
    rota, midnight = world
    start, end = midnight - 2 * DAY, midnight + 3 * DAY
    own = stints(rota, start, end)
    holes = gaps(rota, start, end)
    for shift in shifts(rota, start, end):
        covering = {s.person for s in own if s.start <= shift.start and shift.end <= s.end}
        assert covering == set(shift.people)
        assert any(a <= shift.start and shift.end <= b for a, b in holes) is (not shift.people)
    assert all(first[1] < second[0] for first, second in pairwise(holes))

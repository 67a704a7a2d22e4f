"""Stable turns: an edit of a layer moves nobody's present turn."""

from dataclasses import replace
from datetime import date, time

from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.core.oncall.anchors import keep_turns
from gateway.core.oncall.rota import Handover, Layer, Rota, on_call, shifts
from gateway.core.oncall.types import Anchor
from tests.core.random_rotas import DAY, PEOPLE, layers, without_deadline
from tests.core.rota_times import at, table
from tests.core.turns import one_each

MONDAY = Handover(time(9), 0)
EVERYBODY = (*PEOPLE, "eli")
WEDNESDAY = at("2026-01-14T12:00")  # in Ben's week


def weekly(*members: str, start: date = date(2026, 1, 5), name: str = "") -> Layer:
    """Return a layer of weeks from Monday, 5 January."""
    return Layer(one_each(members), 1, "week", MONDAY, start, name=name)


def rota(*layers: Layer, zone: str = "UTC") -> Rota:
    """Return a rota of these layers."""
    return Rota("billing", zone, layers)


def weeks(edited: Rota, count: int = 4) -> list[str]:
    """Return who is on call at noon on Wednesdays from the 14th."""
    return ["+".join(on_call(edited, WEDNESDAY + 7 * DAY * week)) for week in range(count)]


def lines(edited: Rota, end: str) -> list[str]:
    """Return the schedule from Wednesday noon, without year and offset."""
    return [line[5:16] + line[22:] for line in table(edited, "2026-01-14T12:00", end)]


def edit(before: Rota, *after: Layer, known: tuple[str, ...] = EVERYBODY) -> Rota:
    """Return the rota with other layers, edited on Wednesday the 14th."""
    return keep_turns(before, rota(*after, zone=before.zone), WEDNESDAY, known)


THREE = rota(weekly("ana", "ben", "cho"))


def test_new_member_changes_no_present_turn_and_comes_in_order() -> None:
    """E43: At any position in the list: Ben stays until Monday."""
    assert weeks(THREE) == ["ben", "cho", "ana", "ben"]
    assert weeks(edit(THREE, weekly("dee", "ana", "ben", "cho"))) == ["ben", "cho", "dee", "ana"]
    assert weeks(edit(THREE, weekly("ana", "ben", "dee", "cho"))) == ["ben", "dee", "cho", "ana"]
    assert weeks(edit(THREE, weekly("ana", "ben", "cho", "dee"))) == ["ben", "cho", "dee", "ana"]


def test_removed_member_keeps_the_turn_until_the_handover() -> None:
    """E43: Ben left the list, and the first of his successors who is still there follows."""
    assert weeks(edit(THREE, weekly("ana", "cho"))) == ["ben", "cho", "ana", "cho"]
    assert weeks(edit(THREE, weekly("ana", "dee"))) == ["ben", "ana", "dee", "ana"]
    assert weeks(edit(THREE, weekly("dee", "eli"))) == ["ben", "dee", "eli", "dee"]
    assert weeks(edit(THREE, weekly("ana"))) == ["ben", "ana", "ana", "ana"]


def test_person_who_left_the_file_is_succeeded_at_once() -> None:
    """Somebody without contacts cannot be paged, so the successor's turn begins now."""
    edited = edit(THREE, weekly("ana", "cho"), known=("ana", "cho"))
    assert lines(edited, "2026-02-02T09:00") == [
        "01-14 12:00 cho, layer 1",
        "01-19 09:00 ana, layer 1",
        "01-26 09:00 cho, layer 1",
    ]
    stable = edit(THREE, weekly("ana", "cho"))
    assert weeks(edit(stable, weekly("ana", "cho"), known=("ana", "cho"))) == [
        "cho",
        "ana",
        "cho",
        "ana",
    ]


def test_changed_length_and_handover_count_from_the_next_handover_of_the_new_text() -> None:
    """Ben stays until the new text's next handover, then the days count."""
    daily = Layer(one_each(("ana", "ben", "cho")), 1, "day", Handover(time(18)), date(2026, 1, 5))
    assert lines(edit(THREE, daily), "2026-01-17T00:00") == [
        "01-14 12:00 ben, layer 1",
        "01-14 18:00 cho, layer 1",
        "01-15 18:00 ana, layer 1",
        "01-16 18:00 ben, layer 1",
    ]


def test_changed_start_counts_again_after_the_present_turn() -> None:
    """A new `start` is the one way to choose who comes first."""
    past = edit(THREE, weekly("ana", "ben", "cho", start=date(2026, 1, 12)))
    assert weeks(past) == ["ben", "ben", "cho", "ana"]
    future = edit(THREE, weekly("ana", "ben", "cho", start=date(2026, 1, 21)))
    assert lines(future, "2026-02-02T09:00") == [
        "01-14 12:00 ben, layer 1",
        "01-21 09:00 ana, layer 1",
        "01-26 09:00 ben, layer 1",
    ]


def test_person_with_two_turns_keeps_the_position_in_the_list() -> None:
    """With Ana twice, her present turn is the one at the same index, otherwise her first."""
    four = rota(weekly("ana", "ben", "ana", "cho", start=date(2025, 12, 29)))
    assert weeks(four) == ["ana", "cho", "ana", "ben"]
    assert weeks(edit(four, weekly("ana", "ben", "ana", "dee"), known=EVERYBODY))[0] == "ana"
    same_start = Layer(
        one_each(("ana", "ben", "ana", "dee")), 1, "week", MONDAY, date(2025, 12, 29)
    )
    assert weeks(edit(four, same_start)) == ["ana", "dee", "ana", "ben"]
    moved = Layer(one_each(("dee", "ana", "ben")), 1, "week", MONDAY, date(2025, 12, 29))
    assert weeks(edit(four, moved)) == ["ana", "ben", "dee", "ana"]


def test_last_turn_of_a_person_with_two_keeps_its_position_too() -> None:
    """Ben has the second turn and the last one: after the last one the list begins again."""
    start = date(2025, 12, 22)
    before = rota(weekly("cho", "ben", "dee", "ben", start=start))
    after = weekly("ana", "ben", "dee", "ben", start=start)
    assert weeks(edit(before, after)) == ["ben", "ana", "ben", "dee"]


def test_turn_of_several_is_recognised_by_the_people_it_shares() -> None:
    """[ana, ben] became [ben, dee]: the turn after that one follows."""
    pairs = rota(Layer((("ana", "ben"), ("cho",)), 1, "week", MONDAY, date(2026, 1, 12)))
    edited = Layer((("cho",), ("ben", "dee"), ("eli",)), 1, "week", MONDAY, date(2026, 1, 12))
    assert weeks(edit(pairs, edited)) == ["ana+ben", "eli", "cho", "ben+dee"]


def test_layer_is_known_by_its_name_or_its_position() -> None:
    """A named layer keeps its turns when another is put in front of it."""
    named = rota(weekly("ana", "ben", "cho", name="days"))
    base = weekly("eli", name="base")
    edited = edit(named, base, weekly("dee", "ana", "ben", "cho", name="days"))
    assert weeks(edited) == ["ben", "cho", "dee", "ana"]
    assert edited.layers[0].anchor is None


def test_layer_that_had_not_started_counts_from_its_start() -> None:
    """Nobody's turn was in force, so there is none to keep."""
    later = rota(weekly("ana", "ben", start=date(2026, 2, 2)))
    edited = edit(later, weekly("ben", "ana", start=date(2026, 2, 2)))
    assert edited.layers[0].anchor is None


def test_unchanged_layer_keeps_its_anchor() -> None:
    """A reload without a change to the layer computes nothing anew."""
    edited = edit(THREE, weekly("dee", "ana", "ben", "cho"))
    later = keep_turns(edited, rota(weekly("dee", "ana", "ben", "cho")), WEDNESDAY + DAY, EVERYBODY)
    assert later == edited
    assert edited.layers[0].anchor == Anchor(
        ("ben",), at("2026-01-12T09:00"), at("2026-01-19T09:00"), 3
    )


@st.composite
def edits(draw: st.DrawFn) -> tuple[Rota, Rota, float]:
    """Draw an unrestricted rota of one layer, the same with other turns, and an instant."""
    zone = draw(st.sampled_from(("UTC", "Australia/Lord_Howe", "Africa/Casablanca")))
    layer = replace(draw(layers(date(2026, 3, 10))), restrictions=(), end=None)
    turn = st.sampled_from(PEOPLE).map(lambda person: (person,))
    turns = tuple(draw(st.lists(turn, min_size=1, max_size=5)))
    now = at("2026-03-16") + draw(st.floats(0, 90 * DAY))
    return rota(layer, zone=zone), rota(replace(layer, turns=turns), zone=zone), now


@without_deadline
@given(edits())
def test_edit_changes_nothing_until_the_next_handover(edited: tuple[Rota, Rota, float]) -> None:
    """E43: Adding, removing and reordering members never changes who is on call now."""
    before, after, now = edited
    stable = keep_turns(before, after, now, EVERYBODY)
    anchor = stable.layers[0].anchor
    if after.layers[0].turns == before.layers[0].turns:
        assert anchor is None
        return
    assert anchor is not None
    assert now < anchor.until
    assert on_call(stable, now) == on_call(before, now)
    assert on_call(stable, anchor.until - 0.25) == on_call(before, anchor.until - 0.25)
    following = after.layers[0].turns[anchor.index]
    assert on_call(stable, anchor.until) == following


@without_deadline
@given(edits())
def test_edit_and_its_undoing_within_a_turn_leave_the_schedule(
    edited: tuple[Rota, Rota, float],
) -> None:
    """A mistake that is corrected at once moves nobody's shifts."""
    before, after, now = edited
    assume(len(set(before.layers[0].turns)) == len(before.layers[0].turns))
    back = keep_turns(keep_turns(before, after, now, EVERYBODY), before, now, EVERYBODY)
    span = (now, now + 60 * DAY)
    plain = [(s.start, s.end, s.people) for s in shifts(before, *span)]
    assert [(s.start, s.end, s.people) for s in shifts(back, *span)] == plain

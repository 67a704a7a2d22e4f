"""Swaps of shifts: who is asked for what, who may answer, and what an accepted one changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actor import system_actor, verified_person
from gateway.core.oncall.add_changes import ChangeRequest, add_changes
from gateway.core.oncall.answer_swap import accept_swap, cancel_swap, decline_swap, void_swaps
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest, ask_swap
from gateway.core.oncall.rejected import ChangeConflictError, ChangeError, RejectedChangeError
from gateway.core.oncall.roster import Roster, with_added
from gateway.core.oncall.rota import Handover, Layer, Override, Rota, on_call, shifts
from gateway.core.oncall.swaps import Swap, SwapState
from gateway.core.time.spans import Span
from tests.core.rota_times import at
from tests.core.turns import one_each

ANA, BEN, CHO = (verified_person(one, "link") for one in ("ana", "ben", "cho"))
NOW = at("2026-01-06T12:00")
# ana from Monday the 5th, ben from the 12th, cho from the 19th, at 09:00 each.
WEEKLY = Layer(one_each(("ana", "ben", "cho")), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
ROSTER = Roster(
    {"billing": Rota("billing", "UTC", (WEEKLY,))},
    {"ana": "Ana", "ben": "Ben", "cho": "Cho", "eli": "Eli"},
    frozenset({"ana", "ben", "cho"}),
)


def choice(start: str, end: str | None = None) -> ShiftChoice:
    return ShiftChoice(at(f"2026-01-{start}"), None if end is None else at(f"2026-01-{end}"))


def request(**others: Any) -> SwapRequest:
    """Return a request of Ana: her next shift (from the 26th) for Ben's of the 12th."""
    values = {"gives": choice("27T00:00"), "takes": choice("13T00:00"), **others}
    return SwapRequest(**{"rota": "billing", "person": "ana", "other": "ben", **values})


def swap_of(roster: Roster = ROSTER, **others: Any) -> Swap:
    return replace(ask_swap(roster, request(**others), ANA, "dentist", NOW), id=3)


def accepted(swap: Swap, roster: Roster = ROSTER, now: float = NOW) -> Rota:
    """Return the rota after Ben has accepted."""
    return with_added(roster.rotas, accept_swap(roster, swap, BEN, now).changes)["billing"]


def test_whole_shift_is_meant_without_an_end() -> None:
    """A time in a shift names it: nobody has to know when it begins."""
    swap = swap_of()
    assert swap.gives == Span(at("2026-01-26T09:00"), at("2026-02-02T09:00"))
    assert swap.takes == Span(at("2026-01-12T09:00"), at("2026-01-19T09:00"))
    assert (swap.state, swap.why) == (SwapState.OPEN, "dentist")


def test_shift_that_has_begun_is_given_from_now_on() -> None:
    """The hours that are over stay with the person who had them."""
    assert swap_of(gives=choice("06T15:00")).gives == Span(NOW, at("2026-01-12T09:00"))


def test_accepted_swap_exchanges_both_shifts() -> None:
    """Each is on call in the other's shift, and nothing else changes."""
    changed = accepted(swap_of())
    assert on_call(changed, at("2026-01-13T00:00")) == ("ana",)
    assert on_call(changed, at("2026-01-27T00:00")) == ("ben",)
    assert on_call(changed, at("2026-01-20T00:00")) == ("cho",)
    assert on_call(changed, at("2026-02-03T00:00")) == ("ben",)


def test_part_of_a_shift_is_given_for_nothing() -> None:
    """Somebody covers an evening."""
    swap = swap_of(gives=choice("26T18:00", "26T22:00"), takes=None)
    changed = accepted(swap)
    evening = shifts(changed, at("2026-01-26T17:00"), at("2026-01-26T23:00"))
    assert [one.people for one in evening] == [("ana",), ("ben",), ("ana",)]


def test_changes_name_the_swap_that_made_them() -> None:
    """The list of overrides says why they are there."""
    result = accept_swap(ROSTER, swap_of(), BEN, NOW)
    assert {one.swap for one in result.changes} == {3}
    assert {one.actor for one in result.changes} == {BEN}
    assert result.swap.state is SwapState.ACCEPTED
    assert len(result.effects) == 2


@pytest.mark.parametrize(
    ("others", "field", "text"),
    [
        ({"rota": "biling"}, "rota", "did you mean billing?"),
        ({"person": "anna"}, "as", "did you mean ana?"),
        ({"other": "bne"}, "with", "did you mean ben?"),
        ({"other": "ana"}, "with", "somebody else"),
        ({"other": "eli", "takes": None}, "with", "no contact"),
        ({"gives": choice("13T00:00")}, "gives", "next shift begins Mon 2026-01-26 09:00 UTC"),
        ({"gives": ShiftChoice(at("2026-01-05T10:00"), at("2026-01-05T12:00"))}, "gives", "over"),
        ({"gives": ShiftChoice(at("2026-01-05T10:00"), at("2026-01-07T12:00"))}, "gives", "past"),
        ({"gives": choice("27T00:00", "26T00:00")}, "gives", "after its start"),
        ({"gives": ShiftChoice(at("2026-01-27T00:00"), at("2026-02-09T00:00"))}, "gives", "until"),
        ({"gives": ShiftChoice(-1.0)}, "gives", "after its start"),
        ({"takes": choice("20T00:00")}, "takes", "Ben is not on call"),
    ],
)
def test_swap_that_cannot_be_meant_is_rejected(
    others: dict[str, Any], field: str, text: str
) -> None:
    """The rejection names the field and what to write instead."""
    with pytest.raises(RejectedChangeError) as error:
        swap_of(**others)
    assert error.value.field == field
    assert text in error.value.reason


def test_only_member_cannot_give_a_shift_without_an_end() -> None:
    """A stretch of years is no shift; a part of it can be swapped."""
    alone = Layer(one_each(("ana",)), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
    roster = replace(ROSTER, rotas={"billing": Rota("billing", "UTC", (alone,))})
    with pytest.raises(RejectedChangeError, match="more than a year"):
        swap_of(roster, takes=None)
    assert swap_of(roster, gives=choice("27T00:00", "28T00:00"), takes=None).gives.end


def test_shifts_that_overlap_are_rejected() -> None:
    """Two people on call together have nothing to exchange."""
    pair = Layer((("ana", "ben"), ("cho",)), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
    roster = replace(ROSTER, rotas={"billing": Rota("billing", "UTC", (pair,))})
    with pytest.raises(RejectedChangeError, match="overlap"):
        swap_of(roster, gives=choice("07T00:00"), takes=choice("07T00:00"))
    with pytest.raises(RejectedChangeError, match="Ben is on call then too"):
        swap_of(roster, gives=choice("07T00:00"), takes=None)


@pytest.mark.parametrize(
    ("answer", "person"), [(accept_swap, ANA), (decline_swap, CHO), (cancel_swap, BEN)]
)
def test_answer_of_somebody_else_is_rejected(answer: Callable[..., object], person: Any) -> None:
    """Only the person who was asked confirms, only the one who asked takes it back."""
    with pytest.raises(RejectedChangeError) as error:
        answer(ROSTER, swap_of(), person, NOW)
    assert error.value.field == "as"


def test_answered_swap_cannot_be_answered_again() -> None:
    """The first answer counts, and the second one is refused with whose it was."""
    declined = decline_swap(ROSTER, swap_of(), BEN, NOW)
    with pytest.raises(ChangeConflictError, match="swap 3 is declined by Ben"):
        accept_swap(ROSTER, declined, BEN, NOW)
    cancelled = cancel_swap(ROSTER, swap_of(), ANA, NOW)
    with pytest.raises(ChangeConflictError, match="swap 3 is cancelled by Ana"):
        decline_swap(ROSTER, cancelled, BEN, NOW)


def test_swap_expires_when_one_of_its_shifts_is_over() -> None:
    """Nobody can exchange a week that has passed; the original people had it."""
    swap = swap_of()
    assert swap.state_at(at("2026-01-19T09:00")) is SwapState.EXPIRED
    with pytest.raises(ChangeConflictError, match="is expired"):
        accept_swap(ROSTER, swap, BEN, at("2026-01-19T09:00"))


def test_swap_is_refused_when_the_schedule_has_changed() -> None:
    """Somebody else has the shift by now: what was asked for is not there any more."""
    swap = swap_of()
    other = Override("cho", at("2026-01-14T00:00"), at("2026-01-15T00:00"), id="9")
    rota = replace(ROSTER.rotas["billing"], changes=(other,))
    roster = replace(ROSTER, rotas={"billing": rota})
    with pytest.raises(ChangeConflictError, match="Ben is not on call any more"):
        accept_swap(roster, swap, BEN, NOW)


def test_shift_that_an_earlier_change_gave_can_be_swapped_on() -> None:
    """`replaces` reads the file, so a shift that was taken over at run time is replaced plainly."""
    change = ChangeRequest("billing", at("2026-01-19T09:00"), at("2026-01-12T09:00"), "cho")
    added = add_changes(ROSTER, [change], ANA, "", NOW).changes
    roster = replace(ROSTER, rotas=with_added(ROSTER.rotas, added))
    swap = swap_of(roster, person="ana", other="ben", gives=choice("27T00:00"), takes=None)
    assert on_call(accepted(swap, roster), at("2026-01-27T00:00")) == ("ben",)
    onward = ask_swap(
        roster,
        request(person="cho", other="ana", gives=choice("13T00:00"), takes=None),
        CHO,
        "",
        NOW,
    )
    changed = with_added(roster.rotas, accept_swap(roster, onward, ANA, NOW).changes)["billing"]
    assert on_call(changed, at("2026-01-13T00:00")) == ("ana",)


def test_swap_of_a_removed_person_is_void() -> None:
    """A reload that removes one of the two ends an open swap with the reason."""
    (void,) = void_swaps([swap_of()], {"billing"}, {"ana"}, system_actor("reload"), NOW)
    assert void.state is SwapState.VOID
    assert void.answer is not None
    assert void.answer.reason == "person ben was removed from routes.yaml"
    done = decline_swap(ROSTER, swap_of(), BEN, NOW)
    assert void_swaps([done], set(), set(), system_actor("reload"), NOW) == []


@given(st.integers(0, 120), st.integers(0, 120), st.integers(1, 3 * 168))
def test_accepted_swap_moves_only_its_two_shifts(gives: int, takes: int, length: int) -> None:
    """At each change in half a year, only the two shifts have other people, and exactly each other.

    Swaps that are rejected change nothing.
    """
    start = NOW + 3600.0
    try:
        swap = swap_of(
            gives=ShiftChoice(start + gives * 86400.0, start + gives * 86400.0 + length * 3600.0),
            takes=ShiftChoice(start + takes * 86400.0),
        )
    except ChangeError:
        return
    before, changed = ROSTER.rotas["billing"], accepted(swap)
    assert swap.takes is not None
    end = start + 200 * 86400.0
    edges = {one.start for rota in (before, changed) for one in shifts(rota, start, end)}
    for t in edges | {*swap.gives, *swap.takes}:
        expected = on_call(before, t)
        if swap.gives.start <= t < swap.gives.end:
            expected = ("ben",)
        elif swap.takes.start <= t < swap.takes.end:
            expected = ("ana",)
        assert on_call(changed, t) == expected

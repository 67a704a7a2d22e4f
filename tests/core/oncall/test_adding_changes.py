"""Changes of rotas at run time: what is accepted, and what is rejected with its reason."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from gateway.core.actor import stated_actor
from gateway.core.oncall.add_changes import ChangeRequest, add_changes
from gateway.core.oncall.change_text import what_changes
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.rejected import (
    ChangeConflictError,
    RejectedChangeError,
    UnknownChangeError,
)
from gateway.core.oncall.remove_changes import remove_changes
from gateway.core.oncall.roster import Effect, Roster, with_added
from gateway.core.oncall.rota import Handover, Layer, Rota
from tests.core.rota_times import at
from tests.core.turns import one_each

ACTOR = stated_actor("ana", "cli")
NOW = at("2026-01-06T12:00")
# ana from Monday the 5th, ben from Monday the 12th, at 09:00 each.
WEEKLY = Layer(one_each(("ana", "ben")), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
ROSTER = Roster(
    {"billing": Rota("billing", "UTC", (WEEKLY,)), "empty": Rota("empty", "UTC", ())},
    {"ana": "Ana", "ben": "Ben", "cho": "Cho", "eli": "Eli"},
    frozenset({"ana", "ben", "cho"}),
)


def request(start: str | None, end: str, **others: Any) -> ChangeRequest:
    """Return a request in January 2026, of rota billing unless it says another one."""
    rota = others.pop("rota", "billing")
    begins = None if start is None else at(f"2026-01-{start}")
    return ChangeRequest(rota, at(f"2026-01-{end}"), begins, **others)


def added(*requests: ChangeRequest, anyway: bool = False) -> tuple[RotaChange, ...]:
    return add_changes(ROSTER, requests, ACTOR, "ill", NOW, anyway=anyway).changes


def rejected(*requests: ChangeRequest) -> tuple[str, str]:
    """Return the field and the reason of a rejection."""
    with pytest.raises(RejectedChangeError) as error:
        added(*requests)
    return error.value.field, error.value.reason


def test_change_is_made_with_actor_reason_and_effect() -> None:
    """The answer has what is stored, and where other people are on call by it."""
    wish = request("07T00:00", "08T00:00", person="cho")
    result = add_changes(ROSTER, [wish], ACTOR, "ill", NOW)
    (change,) = result.changes
    assert (change.person, change.actor, change.why, change.created_at) == (
        "cho",
        ACTOR,
        "ill",
        NOW,
    )
    effect = Effect("billing", change.start, change.end, ("ana",), ("cho",))
    assert result.effects == (effect,)
    assert what_changes(change, ROSTER.people) == "Cho instead of anyone"


def test_omitted_start_is_now() -> None:
    """Somebody who takes over at ten at night does not type the time."""
    (change,) = added(request(None, "07T00:00", person="cho"))
    assert change.start == NOW


def test_start_a_moment_ago_is_now() -> None:
    """The clocks of two machines differ, and typing takes time."""
    (change,) = added(request("06T11:59:30", "07T00:00", person="cho"))
    assert change.start == NOW


@pytest.mark.parametrize(
    ("wish", "field", "reason"),
    [
        (request("06T09:00", "07T00:00", person="cho"), "from", "in the past"),
        (request("04T09:00", "05T00:00", person="cho"), "to", "in the past"),
        (request("08T00:00", "07T00:00", person="cho"), "to", "not after the start"),
        (request("08T00:00", "08T00:00", person="cho"), "to", "not after the start"),
        (
            ChangeRequest("billing", at("2029-01-01T00:00"), NOW, "cho"),
            "to",
            "longer than two years",
        ),
        (ChangeRequest("billing", 1e15, NOW, "cho"), "to", "between 1970 and 3000"),
        (request(None, "07T00:00", rota="biling", person="cho"), "rota", "did you mean billing?"),
        (request(None, "07T00:00", rota=None, person="cho"), "rota", "name the rota"),
        (request(None, "07T00:00", rota=None), "rota", "name the rota"),
        (request(None, "07T00:00", person="cgo"), "person", "did you mean cho?"),
        (request(None, "07T00:00", person="zz"), "person", "there are: ana, ben, cho, eli"),
        (request(None, "07T00:00", person="cho", replaces="anna"), "replaces", "mean ana?"),
        (request(None, "07T00:00", person="ana", replaces="ana"), "replaces", "themselves"),
        (request(None, "07T00:00", beside=True), "beside", "name a person"),
        (request(None, "07T00:00", person="eli"), "person", "Eli has no contact"),
        (request(None, "07T00:00", person="ana"), "person", "Ana is on call then anyway"),
        (request(None, "07T00:00", person="cho", replaces="ben"), "replaces", "not on call then"),
        (request(None, "07T00:00", replaces="cho"), "replaces", "Cho has no shift"),
        (request(None, "07T00:00", rota=None, replaces="cho"), "replaces", "in any rota"),
        (request(None, "07T00:00", rota="empty"), "person", "nobody is on call then anyway"),
        (request(None, "07T00:00"), "anyway", "nobody would be on call in rota billing"),
        (request(None, "07T00:00", replaces="ana"), "anyway", "Tue 2026-01-06 12:00 to Wed"),
        (request(None, "07T00:00", rota=None, replaces="ana"), "anyway", "rota billing"),
    ],
)
def test_change_that_cannot_be_meant_is_rejected(
    wish: ChangeRequest, field: str, reason: str
) -> None:
    """The rejection names the field and what to write instead."""
    named, text = rejected(wish)
    assert named == field
    assert reason in text


def test_anyway_allows_that_nobody_is_on_call() -> None:
    """A planned gap is possible for somebody who says that it is meant."""
    (change,) = added(request(None, "07T00:00"), anyway=True)
    assert what_changes(change, ROSTER.people) == "nobody"


def test_member_who_is_away_off_duty_is_accepted() -> None:
    """Steps that notify all members, and a secondary, leave out somebody who is away."""
    (change,) = added(request(None, "07T00:00", rota=None, replaces="ben"))
    assert what_changes(change, ROSTER.people) == "Ben away"


def test_temporary_schedule_is_several_shifts_at_once() -> None:
    """All shifts are made or none; a shift whose person is on call anyway belongs to it."""
    first = request("07T00:00", "08T00:00", person="ana")
    assert len(added(first, request("08T00:00", "09T00:00", person="cho"))) == 2
    overlapping = request("07T23:00", "09T00:00", person="cho")
    assert rejected(first, overlapping)[0] == "shifts.1.from"
    unknown = request("08T00:00", "09T00:00", person="dee")
    assert rejected(first, unknown)[0] == "shifts.1.person"


def test_away_person_leaves_the_turn_to_an_earlier_layer() -> None:
    """Nobody has to be named where another layer shows through."""
    base = Layer(one_each(("cho",)), 1, "week", Handover(time(9)), date(2026, 1, 1))
    layered = replace(ROSTER, rotas={"billing": Rota("billing", "UTC", (base, WEEKLY))})
    wish = request(None, "07T00:00", rota=None, replaces="ana")
    (effect,) = add_changes(layered, [wish], ACTOR, "ill", NOW).effects
    assert (effect.before, effect.after) == (("ana",), ("cho",))


def with_stored(*changes: RotaChange) -> tuple[Roster, dict[int, RotaChange]]:
    """Return the roster with changes stored under the ids 1, 2, …"""
    stored = {number: replace(one, id=number) for number, one in enumerate(changes, 1)}
    return replace(ROSTER, rotas=with_added(ROSTER.rotas, stored.values())), stored


def test_removed_change_is_void_and_kept() -> None:
    """Who removed it and why stays known; the shift is the other person's again."""
    roster, stored = with_stored(*added(request("07T00:00", "08T00:00", person="cho")))
    result = remove_changes(roster, stored, [1], ACTOR, "well again", NOW)
    (change,) = result.changes
    assert change.voiding is not None
    assert (change.voiding.reason, change.voiding.at) == ("removed: well again", NOW)
    (effect,) = result.effects
    assert (effect.before, effect.after) == (("cho",), ("ana",))


def test_removing_a_change_that_is_unknown_void_or_over_is_refused() -> None:
    """The reason says which, and nothing else of the same request is removed."""
    roster, stored = with_stored(*added(request("07T00:00", "08T00:00", person="cho")))
    with pytest.raises(UnknownChangeError, match="there is no change 9"):
        remove_changes(roster, stored, [1, 9], ACTOR, "", NOW)
    (void,) = remove_changes(roster, stored, [1], ACTOR, "", NOW).changes
    with pytest.raises(ChangeConflictError, match="change 1 is void: removed"):
        remove_changes(roster, {1: void}, [1], ACTOR, "", NOW)
    with pytest.raises(ChangeConflictError, match="change 1 is over"):
        remove_changes(roster, stored, [1], ACTOR, "", at("2026-01-09T00:00"))


def test_removal_that_leaves_nobody_is_rejected_unless_anyway() -> None:
    """The person who stood in is the only one as long as the other one is away."""
    away = request("07T00:00", "08T00:00", replaces="ana")
    substitute = request("07T00:00", "08T00:00", person="cho")
    roster, stored = with_stored(*added(away, anyway=True), *added(substitute))
    with pytest.raises(RejectedChangeError) as error:
        remove_changes(roster, stored, [2], ACTOR, "", NOW)
    assert error.value.field == "anyway"
    assert remove_changes(roster, stored, [2], ACTOR, "", NOW, anyway=True).effects

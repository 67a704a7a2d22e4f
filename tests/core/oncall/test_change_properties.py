"""Random changes of random rotas: what is accepted does what it says, and can be undone."""

from dataclasses import replace
from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actor import stated_actor
from gateway.core.oncall.add_changes import AddedChanges, ChangeRequest, add_changes
from gateway.core.oncall.rejected import RejectedChangeError
from gateway.core.oncall.remove_changes import remove_changes
from gateway.core.oncall.roster import Roster, with_added
from gateway.core.oncall.rota import Handover, Layer, Rota, on_call, shifts
from tests.core.rota_times import at
from tests.core.turns import one_each

HOUR = 3600.0
NOW = at("2026-10-20T12:00")
END = NOW + 40 * 24 * HOUR  # over the end of daylight saving
ACTOR = stated_actor("ana", "cli")
NAMES = ("ana", "ben", "cho", "dee")
REACHABLE = frozenset({"ana", "ben", "cho"})

zones = st.sampled_from(["UTC", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu"])
people = st.sampled_from(NAMES)
hours = st.integers(0, 30 * 24)
wishes = st.lists(
    st.builds(
        lambda start, length, person, replaces, beside: ChangeRequest(
            "billing",
            NOW + (start + length) * HOUR,
            NOW + start * HOUR,
            person,
            replaces,
            beside,
        ),
        hours,
        st.integers(1, 200),
        st.none() | people,
        st.none() | people,
        st.booleans(),
    ),
    max_size=5,
)


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    """Return a rota of two or three people, perhaps above a layer of one person."""
    members = draw(st.lists(people, min_size=1, max_size=3, unique=True))
    top = Layer(one_each(members), draw(st.integers(1, 9)), "day", Handover(time(9)), BEGIN)
    base = Layer(one_each(("cho",)), 1, "week", Handover(time(9)), BEGIN)
    layers = (base, top) if draw(st.booleans()) else (top,)
    return Rota("billing", draw(zones), layers)


BEGIN = date(2026, 10, 1)


def instants(*versions: Rota) -> list[float]:
    """Return the instants at which anything may change in one of the rotas."""
    return sorted({shift.start for rota in versions for shift in shifts(rota, NOW, END)})


def decide(roster: Roster, wish: ChangeRequest, *, anyway: bool) -> AddedChanges | None:
    """Return the decision, None if it is rejected."""
    try:
        return add_changes(roster, [wish], ACTOR, "", NOW, anyway=anyway)
    except RejectedChangeError:
        return None


@given(rotas(), wishes, st.booleans())
def test_accepted_changes_do_what_they_say_and_can_be_undone(
    rota: Rota, requests: list[ChangeRequest], anyway: bool
) -> None:
    """Effects are exactly the differences; nobody reachable is lost unless meant; removal undoes.

    Rejected requests leave the rota as it was.
    """
    roster = Roster({"billing": rota}, dict.fromkeys(NAMES, ""), REACHABLE)
    stored = {}
    for number, wish in enumerate(requests, 1):
        decision = decide(roster, wish, anyway=anyway)
        if decision is None:
            continue
        before = roster.rotas["billing"]
        stored[number] = replace(decision.changes[0], id=number)
        roster = replace(roster, rotas=with_added(roster.rotas, [stored[number]]))
        after = roster.rotas["billing"]
        for t in instants(before, after):
            old, new = set(on_call(before, t)), set(on_call(after, t))
            effects = [one for one in decision.effects if one.start <= t < one.end]
            assert bool(effects) == (old != new)
            if effects:
                assert (set(effects[0].before), set(effects[0].after)) == (old, new)
            assert anyway or not old & REACHABLE or new & REACHABLE
    if stored:
        removed = remove_changes(roster, stored, list(stored), ACTOR, "", NOW, anyway=True)
        assert all(one.voiding is not None for one in removed.changes)
        assert {one.rota for one in removed.effects} <= {"billing"}
        for t in instants(rota, roster.rotas["billing"]):
            effects = [one for one in removed.effects if one.start <= t < one.end]
            if effects:
                assert set(effects[0].after) == set(on_call(rota, t))
            else:
                assert set(on_call(roster.rotas["billing"], t)) == set(on_call(rota, t))

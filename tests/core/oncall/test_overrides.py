"""Overrides: who wins where they meet, and what they do when nobody is there to replace (E26)."""

from datetime import date, time

from gateway.core.oncall.rota import (
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    explain,
    idle_overrides,
)
from tests.core.rota_times import at, table

# ana from Monday the 5th, ben from Monday the 12th, at 09:00 each.
WEEKLY = Layer(("ana", "ben"), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
LONG = ("2026-01-05T09:00", "2026-01-19T09:00")


def override(
    member: str | None, start: str, end: str, replaces: str | None = None, beside: bool = False
) -> Override:
    return Override(member, at(f"2026-01-{start}"), at(f"2026-01-{end}"), replaces, beside)


def rota(*overrides: Override, below: tuple[Layer, ...] = ()) -> Rota:
    return Rota("billing", "UTC", (*below, WEEKLY), overrides)


def lines(rota: Rota, start: str = LONG[0], end: str = LONG[1]) -> list[str]:
    """The table without year, month and offset."""
    return [line[8:16] + line[22:] for line in table(rota, start, end)]


def test_an_override_wins_over_the_layers_and_ends_mid_shift() -> None:
    """E26: when it ends, the one whose shift it is has it again."""
    assert lines(rota(override("cho", "07T10:00", "08T12:30"))) == [
        "05 09:00 ana, layer 1",
        "07 10:00 cho, override 1",
        "08 12:30 ana, layer 1",
        "12 09:00 ben, layer 1",
    ]


def test_an_override_across_a_handover_replaces_only_the_one_it_names() -> None:
    """E26: cho replaces ana, and ana's shift still ends on Monday."""
    assert lines(rota(override("cho", "10T00:00", "15T00:00", replaces="ana"))) == [
        "05 09:00 ana, layer 1",
        "10 00:00 cho, override 1",
        "12 09:00 ben, layer 1",
    ]


def test_the_one_declared_last_wins_where_two_overlap() -> None:
    """E26: also when both start at the same instant; what the other has left over stays."""
    first = override("cho", "07T00:00", "08T00:00")
    assert lines(rota(first, override("dee", "07T12:00", "09T00:00")))[1:4] == [
        "07 00:00 cho, override 1",
        "07 12:00 dee, override 2",
        "09 00:00 ana, layer 1",
    ]
    assert lines(rota(first, override("dee", "07T00:00", "07T12:00")))[1:4] == [
        "07 00:00 dee, override 2",
        "07 12:00 cho, override 1",
        "08 00:00 ana, layer 1",
    ]
    assert lines(rota(override("dee", "07T00:00", "07T12:00"), first))[1:3] == [
        "07 00:00 cho, override 2",
        "08 00:00 ana, layer 1",
    ]


def test_the_one_declared_last_wins_also_between_replacing_and_taking_over() -> None:
    """E26: naming whom one replaces makes an override neither stronger nor weaker."""
    taking = override("cho", "07T00:00", "08T00:00")
    replacing = override("dee", "07T00:00", "08T00:00", replaces="ana")
    other = override("eli", "07T00:00", "08T00:00", replaces="ana")
    for declared, winner in (
        ((taking, replacing), "dee"),
        ((replacing, taking), "cho"),
        ((replacing, other), "eli"),
        ((other, replacing), "dee"),
    ):
        assert lines(rota(*declared))[1:3] == [
            f"07 00:00 {winner}, override 2",
            "08 00:00 ana, layer 1",
        ]


def test_overrides_that_touch_leave_nothing_between() -> None:
    """E26: the end is excluded, so the next may begin at that very instant."""
    touching = rota(
        override("cho", "07T00:00", "08T00:00"), override("dee", "08T00:00", "09T00:00")
    )
    assert lines(touching)[1:4] == [
        "07 00:00 cho, override 1",
        "08 00:00 dee, override 2",
        "09 00:00 ana, layer 1",
    ]
    assert explain(touching, at("2026-01-07T12:00")).next_person == "dee"


def test_a_swap_is_two_overrides_in_either_order() -> None:
    """E26: both read the layers, so the second does not undo the first."""
    there = override("ben", "05T09:00", "19T09:00", replaces="ana")
    back = override("ana", "05T09:00", "19T09:00", replaces="ben")
    for swapped in (rota(there, back), rota(back, there)):
        assert [line[:12] for line in lines(swapped)] == ["05 09:00 ben", "12 09:00 ana"]


def test_replacing_somebody_who_is_not_on_call_does_nothing_and_can_be_warned_about() -> None:
    """E26: dee is in no layer then, and ana not in the second week."""
    idle = rota(
        override("cho", "07T00:00", "08T00:00", replaces="dee"),
        override("cho", "13T00:00", "14T00:00", replaces="ana"),
        override("cho", "07T00:00", "08T00:00"),
    )
    assert lines(idle)[1] == "07 00:00 cho, override 3"
    assert idle_overrides(idle) == [0, 1]


def test_somebody_away_lets_an_earlier_layer_show_through() -> None:
    """E26: without a layer beneath it is a gap, and it says which override made it."""
    away = override(None, "07T00:00", "08T00:00", replaces="ana")
    assert lines(rota(away))[1] == "07 00:00 nobody, no layer"
    beneath = Layer(("eli",), 1, "week", Handover(time(9)), date(2026, 1, 1))
    assert lines(rota(away, below=(beneath,)))[:3] == [
        "05 09:00 ana, layer 2",
        "07 00:00 eli, layer 1",
        "08 00:00 ana, layer 2",
    ]


def test_nobody_at_all_is_a_gap_that_names_its_override() -> None:
    """E26: an override without a member and without a name to replace empties the rota."""
    nobody = override(None, "07T00:00", "08T00:00")
    helper = override("cho", "06T00:00", "09T00:00", beside=True)
    assert lines(rota(helper, nobody))[1:4] == [
        "06 00:00 ana+cho, layer 1",
        "07 00:00 nobody, override 2",
        "08 00:00 ana+cho, layer 1",
    ]
    assert lines(rota(nobody, helper))[2] == "07 00:00 cho, override 2"


def test_beside_adds_somebody_once() -> None:
    """E26: a person who is on call anyway is not notified twice."""
    added = rota(
        override("cho", "07T00:00", "14T00:00", beside=True),
        override("ben", "11T00:00", "13T00:00", beside=True),
    )
    assert lines(added) == [
        "05 09:00 ana, layer 1",
        "07 00:00 ana+cho, layer 1",
        "11 00:00 ana+cho+ben, layer 1",
        "12 09:00 ben+cho, layer 1",
        "14 00:00 ben, layer 1",
    ]


def test_a_later_layer_takes_over_where_it_applies() -> None:
    """E26: as in a final schedule, the last layer wins within its hours and its time."""
    office = (Restriction((2,), time(9), time(17)),)
    wednesdays = Layer(("dee",), 1, "week", Handover(time(0)), date(2026, 1, 8), office)
    both = Rota("billing", "UTC", (WEEKLY, wednesdays))
    assert lines(both) == [
        "05 09:00 ana, layer 1",
        "12 09:00 ben, layer 1",
        "14 09:00 dee, layer 2",
        "14 17:00 ben, layer 1",
    ]

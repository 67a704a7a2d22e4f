"""Changes at run time: they win over the overrides of the file, which win over its layers."""

from dataclasses import replace
from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Override, Rota
from tests.core.rota_times import at, table
from tests.core.turns import one_each

# ana from Monday the 5th, ben from Monday the 12th, at 09:00 each.
WEEKLY = Layer(one_each(("ana", "ben")), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
BASE = Layer((("eli",),), 1, "week", Handover(time(9)), date(2026, 1, 1))


def exception(
    member: str | None, start: str, end: str, replaces: str | None = None, *, beside: bool = False
) -> Override:
    """Return an override or a change in January 2026."""
    return Override(member, at(f"2026-01-{start}"), at(f"2026-01-{end}"), replaces, beside)


def lines(rota: Rota) -> list[str]:
    """Return the schedule of the two weeks, without year, month and offset."""
    return [line[8:16] + line[22:] for line in table(rota, "2026-01-05T09:00", "2026-01-19T09:00")]


def rota(overrides: tuple[Override, ...], *changes: Override, base: bool = False) -> Rota:
    """Return the weekly rota with overrides of the file and changes."""
    layers = (BASE, WEEKLY) if base else (WEEKLY,)
    return Rota("billing", "UTC", layers, overrides, changes)


def test_change_wins_over_an_override_of_the_file() -> None:
    """A person who takes over at ten at night need not know what the file says."""
    planned = exception("cho", "07T00:00", "09T00:00")
    assert lines(rota((planned,), exception("dee", "07T12:00", "08T00:00")))[1:5] == [
        "07 00:00 cho, override 1",
        "07 12:00 dee, change 1",
        "08 00:00 cho, override 1",
        "09 00:00 ana, layer 1",
    ]


def test_change_replaces_a_person_whom_an_override_put_on_call() -> None:
    """`replaces` in a change reads the schedule that the whole file gives."""
    planned = exception("cho", "07T00:00", "09T00:00", "ana")
    for file in (planned, replace(planned, replaces=None)):
        changed = rota((file,), exception("dee", "06T00:00", "08T00:00", "cho"))
        assert lines(changed)[:4] == [
            "05 09:00 ana, layer 1",
            "07 00:00 dee, change 1",
            "08 00:00 cho, override 1",
            "09 00:00 ana, layer 1",
        ]


def test_two_changes_swap_two_people() -> None:
    """Each side of a swap reads the file and not the other side."""
    changed = rota(
        (),
        exception("ben", "05T09:00", "12T09:00", "ana"),
        exception("ana", "05T09:00", "19T09:00", "ben"),
    )
    assert [line[:12] for line in lines(changed)] == ["05 09:00 ben", "12 09:00 ana"]


def test_absence_reveals_the_earlier_layer_and_skips_an_override() -> None:
    """Somebody marked away is on call by neither a layer nor an override."""
    away = exception(None, "07T00:00", "08T00:00", "ana")
    assert lines(rota((), away, base=True))[:3] == [
        "05 09:00 ana, layer 2",
        "07 00:00 eli, layer 1",
        "08 00:00 ana, layer 2",
    ]
    planned = exception("cho", "06T00:00", "09T00:00")
    away = exception(None, "07T00:00", "08T00:00", "cho")
    assert lines(rota((planned,), away))[1:4] == [
        "06 00:00 cho, override 1",
        "07 00:00 ana, layer 1",
        "08 00:00 cho, override 1",
    ]


def test_last_of_two_changes_wins() -> None:
    """Naming the replaced person makes a change neither stronger nor weaker."""
    taking = exception("cho", "07T00:00", "08T00:00")
    replacing = exception("dee", "07T00:00", "08T00:00", "ana")
    assert lines(rota((), taking, replacing))[1] == "07 00:00 dee, change 2"
    assert lines(rota((), replacing, taking))[1] == "07 00:00 cho, change 2"


def test_person_added_by_a_change_stands_beside_those_of_the_file() -> None:
    """Adding somebody removes nobody, and nobody is added twice."""
    planned = exception("cho", "07T00:00", "09T00:00", beside=True)
    changed = rota(
        (planned,),
        exception("dee", "08T00:00", "10T00:00", beside=True),
        exception("cho", "08T12:00", "10T00:00", beside=True),
    )
    assert lines(changed)[1:6] == [
        "07 00:00 ana+cho, layer 1",
        "08 00:00 ana+cho+dee, layer 1",
        "09 00:00 ana+dee+cho, layer 1",
        "10 00:00 ana, layer 1",
        "12 09:00 ben, layer 1",
    ]

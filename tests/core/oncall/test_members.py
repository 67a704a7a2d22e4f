"""The members of a rota: the layers that apply at an instant, without people who are away."""

from datetime import date, time

from gateway.core.oncall.members import members_at
from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota
from tests.core.turns import one_each

MONDAY_NOON = 1_767_614_400.0  # 2026-01-05 12:00 UTC
HOUR = 3600.0


def layer(
    *members: str,
    start: date = date(2026, 1, 1),
    end: date | None = None,
    office: bool = False,
) -> Layer:
    """Return a weekly layer, in office hours only if `office`."""
    hours = (Restriction((0, 1, 2, 3, 4), time(9), time(17)),) if office else ()
    return Layer(one_each(members), 1, "week", Handover(time(9)), start, hours, end)


def test_member_of_two_layers_is_named_once_with_the_last_layer_first() -> None:
    """The layer that decides comes first, and nobody is named twice."""
    rota = Rota("billing", "UTC", (layer("ana", "ben"), layer("cho", "ana", office=True)))
    assert members_at(rota, MONDAY_NOON) == ("cho", "ana", "ben")


def test_layer_outside_of_its_hours_has_no_members() -> None:
    """A layer whose restrictions do not contain the instant adds nobody."""
    rota = Rota("billing", "UTC", (layer("ana", "ben"), layer("cho", office=True)))
    assert members_at(rota, MONDAY_NOON + 10 * HOUR) == ("ana", "ben")


def test_layer_before_its_start_or_after_its_end_has_no_members() -> None:
    """A layer that is planned ahead adds nobody yet, one that has ended nobody any more."""
    later, ended = layer("cho", start=date(2026, 2, 1)), layer("dee", end=date(2026, 1, 5))
    rota = Rota("billing", "UTC", (layer("ana"), later, ended))
    assert members_at(rota, MONDAY_NOON) == ("ana",)


def test_member_who_is_away_is_missing_only_meanwhile() -> None:
    """Somebody marked as away, in the file or at run time, is no member until that ends."""
    away = (Override(None, MONDAY_NOON, MONDAY_NOON + HOUR, replaces="ana"),)
    for rota in (
        Rota("billing", "UTC", (layer("ana", "ben"),), away),
        Rota("billing", "UTC", (layer("ana", "ben"),), changes=away),
    ):
        assert members_at(rota, MONDAY_NOON) == ("ben",)
        assert members_at(rota, MONDAY_NOON + HOUR) == ("ana", "ben")


def test_member_whose_shift_somebody_takes_stays_a_member() -> None:
    """Only being away removes a member: a swap does not make anyone unreachable."""
    swap = Override("ben", MONDAY_NOON, MONDAY_NOON + HOUR, replaces="ana")
    rota = Rota("billing", "UTC", (layer("ana", "ben"),), (swap,))
    assert members_at(rota, MONDAY_NOON) == ("ana", "ben")

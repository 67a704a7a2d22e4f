"""Validation of layers, overrides and rotas (Promise 6)."""

from datetime import UTC, date, datetime, time

import pytest

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, on_call, shifts
from gateway.core.oncall.types import Unit
from tests.core.turns import one_each

NINE = Handover(time(9))
JANUARY = date(2026, 1, 5)


def layer(
    members: tuple[str, ...] = ("ana",),
    every: int = 1,
    unit: Unit = "week",
    handover: Handover = NINE,
    start: date = JANUARY,
) -> Layer:
    """Return a layer; each argument can be invalid."""
    return Layer(one_each(members), every, unit, handover, start)


def test_layer_without_members_or_with_invalid_length_is_refused() -> None:
    """Promise 6: A layer has members, and shifts of a sensible length."""
    with pytest.raises(ValueError, match="members is empty"):
        layer(members=())
    with pytest.raises(ValueError, match="a turn of 0 weeks"):
        layer(every=0)
    with pytest.raises(ValueError, match="a turn of 522 weeks; it takes 1 to 521"):
        layer(every=522)
    with pytest.raises(ValueError, match="unit 'year' is none of hour, day, week, month"):
        layer(unit="year")  # type: ignore[arg-type]  # what an unchecked caller might pass


def test_weekday_with_a_rotation_not_of_whole_weeks_is_refused() -> None:
    """Promise 6: Daily on Mondays is ambiguous: every day or every week."""
    monday = Handover(time(9), 0)
    mixed: list[tuple[Unit, int]] = [("day", 1), ("day", 10), ("hour", 168), ("month", 1)]
    for unit, every in mixed:
        with pytest.raises(ValueError, match="needs a rotation of whole weeks"):
            layer(unit=unit, every=every, handover=monday)
    assert layer(unit="day", every=14, handover=monday).every == 14
    with pytest.raises(ValueError, match="weekday 7 is not 0"):
        Handover(time(9), 7)


def test_start_with_a_zone_or_a_distant_year_is_refused() -> None:
    """Promise 6: A start is local time in the years 1970 to 2999."""
    with pytest.raises(ValueError, match="0202-01-05 is not in 1970 to 2999"):
        layer(start=date(202, 1, 5))
    with pytest.raises(ValueError, match="without a zone"):
        layer(start=datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(ValueError, match="has no zone"):
        Handover(time(9, tzinfo=UTC))


def test_restriction_without_valid_days_is_refused() -> None:
    """Promise 6: A restriction without days never opens."""
    with pytest.raises(ValueError, match="no weekday given"):
        Restriction(())
    with pytest.raises(ValueError, match="weekday 9 is not 0"):
        Restriction((0, 9))


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (2000.0, 2000.0, "at or before its start"),
        (2000.0, 1000.0, "at or before its start"),
        (1.7e12, 1.8e12, "in unix seconds"),
        (float("nan"), 2000.0, "in unix seconds"),
        (0.0, float("inf"), "in unix seconds"),
    ],
)
def test_override_with_an_invalid_span_is_refused(start: float, end: float, message: str) -> None:
    """E26: Of no length, reversed, or in milliseconds."""
    with pytest.raises(ValueError, match=message):
        Override("ana", start, end)


def test_beside_override_without_a_member_or_with_a_replaced_one_is_refused() -> None:
    """E26: An override beside others needs a member and replaces nobody."""
    for member, replaces in ((None, None), ("ana", "ben")):
        with pytest.raises(ValueError, match="beside needs a member"):
            Override(member, 1000.0, 2000.0, replaces, beside=True)


def test_unknown_zone_of_a_rota_is_refused() -> None:
    """Promise 6: A misspelt zone is an error when the file is read, not at night."""
    with pytest.raises(ValueError, match="unknown time zone 'Europe/Berln'"):
        Rota("billing", "Europe/Berln", (layer(),))


def test_invalid_instant_is_refused() -> None:
    """Promise 6: NaN or a time beyond the calendar is an error."""
    rota = Rota("billing", "UTC", (layer(),))
    for t in (float("nan"), float("inf"), -float("inf"), 1.7e12, -1e18):
        with pytest.raises(ValueError, match=r"rota billing.*unix seconds"):
            on_call(rota, t)
    assert on_call(rota, -1e9) == ()
    assert shifts(rota, 2000.0, 1000.0) == []


def test_longest_rotation_in_the_last_year_has_a_person() -> None:
    """Promise 12: No sum of shifts exceeds the calendar."""
    slow = Rota("billing", "UTC", (layer(members=("ana", "ben"), every=120, unit="month"),))
    assert on_call(slow, 32_503_679_990.0) in (("ana",), ("ben",))

"""A rota that could never do what it says is refused where it is made (Promise 6)."""

from datetime import UTC, date, datetime, time

import pytest

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, on_call, shifts
from gateway.core.oncall.types import Unit

NINE = Handover(time(9))
JANUARY = date(2026, 1, 5)


def layer(
    members: tuple[str, ...] = ("ana",),
    every: int = 1,
    unit: Unit = "week",
    handover: Handover = NINE,
    start: date = JANUARY,
) -> Layer:
    return Layer(members, every, unit, handover, start)


def test_a_layer_needs_people_and_turns_that_end() -> None:
    """Promise 6: nobody to call, or a turn of no length or of centuries, is a slip."""
    with pytest.raises(ValueError, match="members is empty"):
        layer(members=())
    with pytest.raises(ValueError, match="a turn of 0 weeks"):
        layer(every=0)
    with pytest.raises(ValueError, match="a turn of 522 weeks; it takes 1 to 521"):
        layer(every=522)
    with pytest.raises(ValueError, match="unit 'year' is none of hour, day, week, month"):
        layer(unit="year")  # type: ignore[arg-type]  # what an unchecked caller might pass


def test_a_weekday_goes_only_with_whole_weeks() -> None:
    """Promise 6: daily on Mondays would be every day or every week, nobody knows which."""
    monday = Handover(time(9), 0)
    mixed: list[tuple[Unit, int]] = [("day", 1), ("day", 10), ("hour", 168), ("month", 1)]
    for unit, every in mixed:
        with pytest.raises(ValueError, match="needs a rotation of whole weeks"):
            layer(unit=unit, every=every, handover=monday)
    assert layer(unit="day", every=14, handover=monday).every == 14
    with pytest.raises(ValueError, match="weekday 7 is not 0"):
        Handover(time(9), 7)


def test_a_start_is_local_and_in_a_year_people_live_in() -> None:
    """Promise 6: a year of three digits would count two millennia of turns."""
    with pytest.raises(ValueError, match="0202-01-05 is not in 1970 to 2999"):
        layer(start=date(202, 1, 5))
    with pytest.raises(ValueError, match="without a zone"):
        layer(start=datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(ValueError, match="has no zone"):
        Handover(time(9, tzinfo=UTC))


def test_a_restriction_names_days() -> None:
    """Promise 6: a restriction without days never opens."""
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
def test_an_override_has_a_start_and_a_later_end(start: float, end: float, message: str) -> None:
    """E26: of no length, the wrong way round, or in milliseconds."""
    with pytest.raises(ValueError, match=message):
        Override("ana", start, end)


def test_beside_needs_somebody_and_replaces_nobody() -> None:
    """E26: standing beside and standing in exclude each other."""
    for member, replaces in ((None, None), ("ana", "ben")):
        with pytest.raises(ValueError, match="beside needs a member"):
            Override(member, 1000.0, 2000.0, replaces, beside=True)


def test_a_rota_names_a_zone_that_exists() -> None:
    """Promise 6: a misspelt zone is found when the file is read, not at night."""
    with pytest.raises(ValueError, match="unknown time zone 'Europe/Berln'"):
        Rota("billing", "Europe/Berln", (layer(),))


def test_asking_for_no_time_at_all_is_refused() -> None:
    """Promise 6: no number, or far beyond the calendar, gets an error and no guess."""
    rota = Rota("billing", "UTC", (layer(),))
    for t in (float("nan"), float("inf"), -float("inf"), 1.7e12, -1e18):
        with pytest.raises(ValueError, match=r"rota billing.*unix seconds"):
            on_call(rota, t)
    assert on_call(rota, -1e9) == ()
    assert shifts(rota, 2000.0, 1000.0) == []


def test_the_longest_turns_in_the_last_years_still_answer() -> None:
    """Promise 12: no sum of turns runs over the end of the calendar."""
    slow = Rota("billing", "UTC", (layer(members=("ana", "ben"), every=120, unit="month"),))
    assert on_call(slow, 32_503_679_990.0) in (("ana",), ("ben",))

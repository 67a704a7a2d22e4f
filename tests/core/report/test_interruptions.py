"""Interruptions: urgent notices close together count once, on the person's wall clock."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.report.interruptions import (
    SAME_INTERRUPTION,
    Interruptions,
    count_interruptions,
    starts_of,
)
from gateway.core.time.business_hours import BusinessHours
from gateway.core.time.timestamps import parse_rfc3339

HOURS = BusinessHours("Europe/Berlin")
TUESDAY = "2026-11-24T{}+01:00"


class OneHoliday:
    def name_of(self, day: date) -> str | None:
        return "Day of tests" if day == date(2026, 11, 24) else None


def counted(*times: str, zone: str = "Europe/Berlin") -> Interruptions:
    return count_interruptions([parse_rfc3339(one) for one in times], zone, HOURS)


def test_notices_within_five_minutes_of_the_first_count_once() -> None:
    """A person who is awake already is not interrupted again; after five minutes they are."""
    assert starts_of([0.0, 120.0, 299.0]) == [0.0]
    assert starts_of([300.0, 0.0]) == [0.0, 300.0]
    assert starts_of([0.0, 200.0, 400.0, 600.0]) == [0.0, 400.0]


@given(st.lists(st.floats(0, 10_000), max_size=30))
def test_interruptions_are_apart_and_cover_all_notices(notices: list[float]) -> None:
    """Each notice lies in the five minutes of exactly one interruption."""
    starts = starts_of(notices)
    for at in notices:
        assert sum(one <= at < one + SAME_INTERRUPTION for one in starts) == 1
    assert set(starts) <= set(notices)


@pytest.mark.parametrize(
    ("clock", "nights"), [("21:59:59", 0), ("22:00:00", 1), ("06:59:59", 1), ("07:00:00", 0)]
)
def test_night_is_from_22_to_7_in_the_persons_zone(clock: str, nights: int) -> None:
    """The same instant is at night for one person and not for another."""
    assert counted(TUESDAY.format(clock)).nights == nights
    assert counted("2026-11-24T02:00:00Z", zone="America/New_York").nights == 0
    assert counted("2026-11-24T04:00:00Z", zone="America/New_York").nights == 1


def test_night_in_which_the_clocks_change_is_one_night() -> None:
    """02:30 comes twice on 25 October 2026, and both are at night."""
    assert counted("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z").nights == 2


def test_interruption_off_hours_for_two_reasons_counts_once() -> None:
    """A night on a weekend is in both columns, and once in the sum."""
    sunday_night = counted("2026-11-22T03:00:00+01:00", "2026-11-23T12:00:00+01:00")
    assert sunday_night == Interruptions(2, nights=1, weekends=1, holidays=0, off_hours=1)


def test_holidays_are_those_of_business_hours() -> None:
    """A holiday on a working day counts as off hours."""
    hours = BusinessHours("Europe/Berlin", holidays=OneHoliday())
    noon = parse_rfc3339(TUESDAY.format("12:00:00"))
    assert count_interruptions([noon], "Europe/Berlin", hours) == Interruptions(
        1, holidays=1, off_hours=1
    )

"""The end of the next business day, until which an info may wait."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.time.business_hours import (
    NEXT_BUSINESS_DAY,
    SAME_DAY,
    BusinessHours,
    holidays_between,
    next_business_day_end,
    respond_by,
)
from gateway.core.time.wallclock import load_zone, wall_time
from tests.core.random_rotas import ZONES, without_deadline
from tests.core.rota_times import at


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        ("2026-01-05T03:00", "2026-01-06T17:00"),  # Monday, before work
        ("2026-01-05T23:59:59", "2026-01-06T17:00"),
        ("2026-01-09T10:00", "2026-01-12T17:00"),  # Friday
        ("2026-01-10T10:00", "2026-01-12T17:00"),  # Saturday
        ("2026-01-11T23:00", "2026-01-12T17:00"),  # Sunday
        ("2028-02-28T12:00", "2028-02-29T17:00"),  # a leap day is a working Tuesday
    ],
)
def test_default_business_hours_are_monday_to_friday_nine_to_five_utc(
    instant: str, due: str
) -> None:
    """Promise 12: The next business day is always a later day than today."""
    assert next_business_day_end(BusinessHours(), at(instant)) == at(due)


def test_business_day_is_that_of_the_zone() -> None:
    """Promise 12: Sunday 23:30 UTC is Monday in Berlin, so it ends on Tuesday there."""
    berlin = BusinessHours("Europe/Berlin", end=time(18))
    assert next_business_day_end(berlin, at("2026-01-11T23:30")) == at("2026-01-13T17:00")
    assert next_business_day_end(berlin, at("2026-07-05T21:30")) == at("2026-07-06T16:00")


@without_deadline
@given(
    st.sampled_from(ZONES),
    st.sets(st.integers(0, 6), min_size=1),
    st.floats(1.2e9, 2.0e9),
)
def test_next_business_day_is_the_first_after_today(zone: str, days: set[int], t: float) -> None:
    """Promise 12: In every zone and week no business day lies between."""
    hours = BusinessHours(zone, tuple(sorted(days)))
    now, due = (
        wall_time(t, load_zone(zone)),
        wall_time(next_business_day_end(hours, t), load_zone(zone)),
    )
    assert due.time() in (time(17), time(0))  # midnight after the day that Apia never had
    apart = (due.date() - now.date()).days
    assert 1 <= apart <= 8
    between = {(now.weekday() + i) % 7 for i in range(1, apart)}
    assert due.time() == time(0) or (due.weekday() in days and not between & days)


def test_respond_by_takes_seconds_or_the_next_business_day() -> None:
    """Promise 6: Any other text is refused with what to write."""
    t = at("2026-01-09T10:00")
    assert respond_by(900.0, t, BusinessHours()) == t + 900.0
    assert respond_by(NEXT_BUSINESS_DAY, t, BusinessHours()) == at("2026-01-12T17:00")
    with pytest.raises(ValueError, match=r"'tomorrow'.*next business day"):
        respond_by("tomorrow", t, BusinessHours())


def test_business_hours_that_never_open_are_refused() -> None:
    """Promise 6: No days, invalid days, reversed hours, or an unknown zone."""
    for days in ((), (7,), (-1,)):
        with pytest.raises(ValueError, match="days must name"):
            BusinessHours(days=days)
    with pytest.raises(ValueError, match="not 17:00 to 09:00"):
        BusinessHours(start=time(17), end=time(9))
    with pytest.raises(ValueError, match="unknown time zone"):
        BusinessHours("Mars/Base")


class Christmas:
    """A calendar with the two days of Christmas."""

    def name_of(self, day: date) -> str | None:
        return "Christmas" if (day.month, day.day) in ((12, 25), (12, 26)) else None


class Always:
    """A calendar in which every day is a holiday."""

    def name_of(self, day: date) -> str | None:
        return "holiday"


@pytest.mark.parametrize(
    ("instant", "same_day", "next_day"),
    [
        ("2026-12-23T10:00", "2026-12-23T17:00", "2026-12-24T17:00"),
        ("2026-12-24T10:00", "2026-12-24T17:00", "2026-12-28T17:00"),  # Friday is a holiday
        ("2026-12-24T17:00", "2026-12-28T17:00", "2026-12-28T17:00"),  # the hours are over
        ("2026-12-25T10:00", "2026-12-28T17:00", "2026-12-28T17:00"),
        ("2026-12-27T10:00", "2026-12-28T17:00", "2026-12-28T17:00"),  # Sunday
        ("2026-12-28T03:00", "2026-12-28T17:00", "2026-12-29T17:00"),
    ],
)
def test_holidays_are_no_business_days(instant: str, same_day: str, next_day: str) -> None:
    """Promise 12: nobody is expected to acknowledge on a holiday."""
    hours = BusinessHours(holidays=Christmas())
    assert respond_by(SAME_DAY, at(instant), hours) == at(same_day)
    assert respond_by(NEXT_BUSINESS_DAY, at(instant), hours) == at(next_day)


def test_a_calendar_without_a_business_day_is_ignored() -> None:
    """Promise 12: a mistake in the calendar does not move the time out of reach."""
    hours = BusinessHours(holidays=Always())
    assert next_business_day_end(hours, at("2026-01-09T10:00")) == at("2026-01-12T17:00")


def test_holidays_of_a_span_are_listed_in_order() -> None:
    """Both ends count, on the wall clock of the business hours."""
    hours = BusinessHours("Europe/Berlin", holidays=Christmas())
    days = [day for day, _ in holidays_between(hours, at("2026-12-24T23:30"), at("2027-12-25"))]
    assert days == [date(2026, 12, 25), date(2026, 12, 26), date(2027, 12, 25)]
    assert holidays_between(BusinessHours(), at("2026-12-24"), at("2027-01-01")) == []

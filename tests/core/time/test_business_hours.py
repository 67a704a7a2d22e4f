"""The end of the next business day, until which an info may wait."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.time.business_hours import (
    NEXT_BUSINESS_DAY,
    BusinessHours,
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

"""Handovers when the clocks change (E24, Promise 12)."""

from datetime import date, time, timedelta

import pytest

from gateway.core.oncall.rota import Handover, Layer, Restriction, Rota, on_call, shifts
from gateway.core.oncall.types import Unit
from tests.core.rota_times import at, table
from tests.core.turns import one_each


def rota(zone: str, handover: str, start: str, every: int = 1, unit: Unit = "day") -> Rota:
    """Return a rota of ana, ben and cho with this handover."""
    layer = Layer(
        one_each(("ana", "ben", "cho")),
        every,
        unit,
        Handover(time.fromisoformat(handover)),
        date.fromisoformat(start),
    )
    return Rota("billing", zone, (layer,))


def test_weekly_handover_over_a_clock_change_stays_at_nine() -> None:
    """E24: After the clocks change the schedule is not an hour off."""
    weekly = rota("Europe/Berlin", "09:00", "2026-03-16", unit="week")
    assert table(weekly, "2026-03-16T09:00", "2026-04-06T09:00") == [
        "2026-03-16 09:00+01:00 ana, layer 1",
        "2026-03-23 09:00+01:00 ben, layer 1",
        "2026-03-30 09:00+02:00 cho, layer 1",
    ]


@pytest.mark.parametrize(
    ("zone", "handover", "start", "days"),
    [
        (
            "Europe/Berlin",
            "02:30",
            "2021-03-27",
            ["2021-03-27 02:30+01:00", "2021-03-28 03:00+02:00", "2021-03-29 02:30+02:00"],
        ),
        (
            "America/New_York",
            "01:30",
            "2020-10-31",
            ["2020-10-31 01:30-04:00", "2020-11-01 01:30-04:00", "2020-11-02 01:30-05:00"],
        ),
        (
            "Australia/Lord_Howe",
            "02:15",
            "2020-10-03",
            ["2020-10-03 02:15+10:30", "2020-10-04 02:30+11:00", "2020-10-05 02:15+11:00"],
        ),
        (
            "Australia/Lord_Howe",
            "01:45",
            "2021-04-03",
            ["2021-04-03 01:45+11:00", "2021-04-04 01:45+11:00", "2021-04-05 01:45+10:30"],
        ),
        (
            "Pacific/Apia",
            "09:00",
            "2011-12-29",
            ["2011-12-29 09:00-10:00", "2011-12-31 00:00+14:00", "2011-12-31 09:00+14:00"],
        ),
    ],
)
def test_handover_in_a_missing_or_doubled_hour_happens_once(
    zone: str, handover: str, start: str, days: list[str]
) -> None:
    """E24: A missing hour hands over after the gap, a doubled one the first time."""
    daily = rota(zone, handover, start)
    last = date.fromisoformat(start) + timedelta(days=2)
    people = ("ana", "ben", "cho")
    expected = [f"{day} {who}, layer 1" for day, who in zip(days, people, strict=True)]
    assert table(daily, f"{start}T{handover}", f"{last}T{handover}:01") == expected


def test_doubled_hour_belongs_to_the_next_member() -> None:
    """E24: At the second 01:30 there is no second handover."""
    daily = rota("America/New_York", "01:30", "2020-10-31")
    for instant, who in (
        ("2020-11-01T01:29:59-04:00", "ana"),
        ("2020-11-01T01:30:00-04:00", "ben"),
        ("2020-11-01T01:15:00-05:00", "ben"),
        ("2020-11-01T01:45:00-05:00", "ben"),
        ("2020-11-02T01:30:00-05:00", "cho"),
    ):
        assert on_call(daily, at(instant)) == (who,)


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"],
)
@pytest.mark.parametrize("handover", ["00:01", "01:45", "02:15", "02:30", "09:00"])
def test_daily_handover_over_twenty_years_neither_skips_nor_doubles(
    zone: str, handover: str
) -> None:
    """Promise 12: Members follow in order, one shift a day, over leap days as well."""
    daily = rota(zone, handover, "2008-01-01")
    start, end = at(f"2008-01-01T{handover}", zone), at(f"2028-03-01T{handover}", zone)
    days = shifts(daily, start, end)
    assert len(days) == (date(2028, 3, 1) - date(2008, 1, 1)).days
    order = ("ana", "ben", "cho")
    assert all(day.turn == (order[i % 3],) for i, day in enumerate(days))


def test_shift_of_a_missing_day_is_skipped() -> None:
    """E24: Samoa had no 30 December 2011; the days after it keep their people."""
    daily = rota("Pacific/Apia", "00:00", "2011-12-29")
    assert table(daily, "2011-12-29T00:00", "2012-01-02T00:00") == [
        "2011-12-29 00:00-10:00 ana, layer 1",
        "2011-12-31 00:00+14:00 cho, layer 1",
        "2012-01-01 00:00+14:00 ana, layer 1",
    ]


def test_hourly_shift_in_a_missing_hour_is_skipped() -> None:
    """E24: Hours are counted on the wall clock, so 03:00 has the member of 03:00."""
    hourly = rota("America/New_York", "00:00", "2020-03-08", unit="hour")
    assert table(hourly, "2020-03-08T00:00", "2020-03-08T05:00") == [
        "2020-03-08 00:00-05:00 ana, layer 1",
        "2020-03-08 01:00-05:00 ben, layer 1",
        "2020-03-08 03:00-04:00 ana, layer 1",
        "2020-03-08 04:00-04:00 ben, layer 1",
    ]


def test_night_restriction_over_a_clock_change_has_the_real_length() -> None:
    """E24: A restriction over the change is an hour shorter in spring, longer in autumn."""
    nights = (Restriction(start_time=time(20), end_time=time(8)),)
    layer = Layer(one_each(("ana",)), 1, "week", Handover(time(9)), date(2021, 1, 4), nights)
    berlin = Rota("billing", "Europe/Berlin", (layer,))
    for evening, morning, hours in (
        ("2021-03-27T20:00", "2021-03-28T08:00", 11),
        ("2021-10-30T20:00", "2021-10-31T08:00", 13),
    ):
        (shift,) = shifts(berlin, at(evening, berlin.zone), at(morning, berlin.zone))
        assert (shift.turn, shift.end - shift.start) == (("ana",), hours * 3600.0)

"""The start of a layer, the count of its shifts, and calendar effects."""

from datetime import date, datetime, time

from gateway.core.oncall.rota import Handover, Layer, Rota, explain, next_change, on_call
from gateway.core.oncall.types import Unit
from tests.core.rota_times import at, table
from tests.core.turns import one_each


def rota(
    start: date, handover: Handover, every: int = 1, unit: Unit = "week", members: str = "ana ben"
) -> Rota:
    """Return a rota of one layer."""
    layer = Layer(one_each(members.split()), every, unit, handover, start)
    return Rota("billing", "UTC", (layer,))


def test_start_date_begins_at_the_handover_of_that_day() -> None:
    """Promise 12: A start on a handover day gives the first member a full shift."""
    weekly = rota(date(2026, 1, 5), Handover(time(9), 0))
    assert table(weekly, "2026-01-05T00:00", "2026-01-19T00:00") == [
        "2026-01-05 00:00+00:00 nobody, no layer",
        "2026-01-05 09:00+00:00 ana, layer 1",
        "2026-01-12 09:00+00:00 ben, layer 1",
    ]


def test_start_between_handovers_shortens_the_first_shift() -> None:
    """Promise 12: A start on Wednesday still hands over on Mondays."""
    midweek = rota(date(2026, 1, 7), Handover(time(9), 0))
    assert table(midweek, "2026-01-07T09:00", "2026-01-26T09:00") == [
        "2026-01-07 09:00+00:00 ana, layer 1",
        "2026-01-12 09:00+00:00 ben, layer 1",
        "2026-01-19 09:00+00:00 ana, layer 1",
    ]


def test_start_datetime_begins_exactly_then() -> None:
    """Promise 12: From six in the morning ana is on call until the handover at nine."""
    early = rota(datetime.fromisoformat("2026-01-05T06:00"), Handover(time(9), 0))
    assert on_call(early, at("2026-01-05T05:59:59")) == ()
    assert table(early, "2026-01-05T06:00", "2026-01-13T00:00") == [
        "2026-01-05 06:00+00:00 ana, layer 1",
        "2026-01-05 09:00+00:00 ben, layer 1",
        "2026-01-12 09:00+00:00 ana, layer 1",
    ]


def test_leap_day_has_its_own_shift() -> None:
    """Promise 12: 29 February is neither skipped nor doubled."""
    daily = rota(date(2028, 2, 27), Handover(time(9)), unit="day", members="ana ben cho")
    assert table(daily, "2028-02-27T09:00", "2028-03-02T09:00") == [
        "2028-02-27 09:00+00:00 ana, layer 1",
        "2028-02-28 09:00+00:00 ben, layer 1",
        "2028-02-29 09:00+00:00 cho, layer 1",
        "2028-03-01 09:00+00:00 ana, layer 1",
    ]


def test_monthly_shifts_from_the_31st_change_on_the_last_day() -> None:
    """Promise 12: A short month does not shift the months after it."""
    monthly = rota(date(2028, 1, 31), Handover(time(9)), unit="month")
    assert [line[:10] for line in table(monthly, "2028-01-31T09:00", "2028-06-01T00:00")] == [
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
    ]


def test_shifts_of_several_days_or_weeks_count_from_the_start() -> None:
    """Promise 12: Ten days are ten days, also over the new year."""
    ten = rota(date(2026, 12, 25), Handover(time(9)), 10, "day")
    assert next_change(ten, at("2026-12-25T09:00")) == at("2027-01-04T09:00")
    fortnight = rota(date(2026, 1, 5), Handover(time(9), 0), 2)
    assert next_change(fortnight, at("2026-01-06T00:00")) == at("2026-01-19T09:00")


def test_change_many_years_ahead_is_returned() -> None:
    """Promise 12: The search covers the slowest rotation that is allowed."""
    slow = rota(date(2026, 1, 5), Handover(time(9)), 60, "month")
    assert next_change(slow, at("2026-01-06T00:00")) == at("2031-01-05T09:00")


def test_member_twice_in_a_row_has_one_long_shift() -> None:
    """E26: A handover to the same person is no change."""
    twice = rota(date(2026, 1, 5), Handover(time(9), 0), members="ana ana ben")
    now = explain(twice, at("2026-01-12T12:00"))
    assert (now.since, now.until) == (at("2026-01-05T09:00"), at("2026-01-19T09:00"))
    assert (now.people, now.next_people, str(now.by)) == (("ana",), ("ben",), "layer 1")


def test_single_member_is_on_call_without_end() -> None:
    """E26: Without a change there is no next person and no end."""
    alone = rota(date(2020, 1, 6), Handover(time(9), 0), members="ana")
    now = explain(alone, at("2026-01-12T12:00"))
    assert (now.since, now.until, now.next_people) == (at("2020-01-06T09:00"), None, ())
    before = explain(alone, at("2019-01-01"))
    assert (before.people, before.by, before.since) == ((), None, None)
    assert (before.until, before.next_people) == (at("2020-01-06T09:00"), ("ana",))

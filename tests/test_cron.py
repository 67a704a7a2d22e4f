"""Cron expressions: due on the wall clock, also when the clocks change."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339
from gateway.cron import check_cron, last_until, next_after

BERLIN = "Europe/Berlin"


def due_after(cron: str, at: str, zone: str = BERLIN) -> str:
    return format_rfc3339(next_after(cron, zone, parse_rfc3339(at)), milliseconds=False)


@pytest.mark.parametrize(
    ("cron", "at", "due"),
    [
        ("0 8 * * *", "2026-12-01T06:59:59Z", "2026-12-01T07:00:00Z"),
        ("0 8 * * *", "2026-12-01T07:00:00Z", "2026-12-02T07:00:00Z"),
        ("0 8 * * mon", "2026-12-01T12:00:00Z", "2026-12-07T07:00:00Z"),
        ("30 7 * * mon-fri", "2026-12-04T12:00:00Z", "2026-12-07T06:30:00Z"),
        ("0 8 1 * *", "2026-12-02T12:00:00Z", "2027-01-01T07:00:00Z"),
        ("0 8 L * *", "2027-02-02T12:00:00Z", "2027-02-28T07:00:00Z"),
    ],
)
def test_expression_is_due_on_the_wall_clock(cron: str, at: str, due: str) -> None:
    """08:00 in Berlin is 07:00 UTC in winter."""
    assert due_after(cron, at) == due


def test_time_that_the_clocks_jump_over_is_due_at_the_end_of_the_gap() -> None:
    """02:30 does not exist on 28 March 2027: the report comes at 03:00, once."""
    first = due_after("30 2 * * *", "2027-03-27T12:00:00Z")
    assert first == "2027-03-28T01:00:00Z"
    assert due_after("30 2 * * *", first) == "2027-03-29T00:30:00Z"


def test_time_that_comes_twice_is_due_once() -> None:
    """02:30 comes twice on 25 October 2026: the first one counts."""
    first = due_after("30 2 * * *", "2026-10-24T12:00:00Z")
    assert first == "2026-10-25T00:30:00Z"
    assert due_after("30 2 * * *", first) == "2026-10-26T01:30:00Z"


CRONS = st.sampled_from(["0 8 * * *", "30 2 * * *", "0 */6 * * *", "15 1 * * sun", "0 0 1 * *"])
ZONES = st.sampled_from([BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe"])
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@given(CRONS, ZONES, st.floats(START, START + 366 * 86400.0))
def test_last_and_next_leave_no_instant_between_them(cron: str, zone: str, t: float) -> None:
    """The last instant is the one that is followed by the next, so no report is lost or doubled."""
    last, following = last_until(cron, zone, t), next_after(cron, zone, t)
    assert last <= t < following
    assert next_after(cron, zone, last) == following
    assert last_until(cron, zone, following) == following
    assert last_until(cron, zone, following - 1.0) == last


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("8:00", "does not have five fields"),
        ("0 0 8 * * *", "does not have five fields"),
        ("0 25 * * *", "bad hour"),
        ("0 8 * * monday", "bad day-of-week"),
        ("0 8 31 2 *", "bad day-of-month"),
        ("*/5 * * * *", "more often than each hour"),
        ("0,30 8 * * *", "more often than each hour"),
    ],
)
def test_wrong_expression_says_what_to_write(text: str, what: str) -> None:
    """The error has an example that can be copied."""
    with pytest.raises(ValueError, match=what) as error:
        check_cron(text)
    assert '"0 8 * * *"' in str(error.value)

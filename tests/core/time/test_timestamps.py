"""Durations and instants, parsed and formatted as in Prometheus."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.time.timestamps import (
    ZERO_TIME,
    format_duration,
    format_rfc3339,
    local_time,
    parse_duration,
    parse_instant,
    parse_rfc3339,
    parse_time,
)

without_deadline = settings(deadline=None)
LAST_SECOND_OF_9999 = 253402300799


@pytest.mark.parametrize(
    ("text", "seconds", "canonical"),
    [
        ("0", 0, "0s"),
        ("0s", 0, "0s"),
        ("90s", 90, "1m30s"),
        ("1h30m", 5400, "1h30m"),
        ("100ms", 0.1, "100ms"),
        ("1m1000ms", 61, "1m1s"),
        ("24h", 86400, "1d"),
        ("7d", 604800, "1w"),
        ("8d", 691200, "8d"),
        ("365d", 31536000, "1y"),
        ("1y1w", 32140800, "372d"),
        ("1y2w3d4h5m6s7ms", 33019506.007, "382d4h5m6s7ms"),
    ],
)
def test_duration_is_parsed_and_formatted_as_in_prometheus(
    text: str, seconds: float, canonical: str
) -> None:
    """A duration from Alertmanager means the same here and is printed in its form."""
    assert parse_duration(text) == seconds
    assert format_duration(seconds) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "1", "-1s", "1.5h", "1s1m", "1m1m", "1h 30m", "5min", "1M", "٣s", "1s\n", "s", "1ms1s"],
)
def test_invalid_duration_is_refused_with_a_correction(text: str) -> None:
    """The error shows the text and what to write instead."""
    with pytest.raises(ValueError, match="is not a duration: write whole numbers") as caught:
        parse_duration(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["293y", "9" * 30 + "s", "9" * 5000 + "ms"])
def test_duration_out_of_range_is_refused(text: str) -> None:
    """A number of 5000 digits is an error like any other, not a crash."""
    with pytest.raises(ValueError, match="too long a duration"):
        parse_duration(text)


@without_deadline
@given(st.integers(min_value=0, max_value=292 * 365 * 86_400_000))
def test_formatted_duration_parses_to_the_same(milliseconds: int) -> None:
    """A duration is kept to the millisecond."""
    assert round(parse_duration(format_duration(milliseconds / 1000)) * 1000) == milliseconds


def test_negative_duration_is_formatted_with_its_sign() -> None:
    """A difference of times keeps its sign in an error or a log."""
    assert format_duration(-90) == "-1m30s"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-20T03:00:00Z", 1795143600),
        ("2026-11-20T04:30:00+01:30", 1795143600),
        ("2026-11-19T22:00:00.5-05:00", 1795143600.5),
        ("2026-11-20T03:00:00.123456789Z", 1795143600.123456),
        ("1969-12-31T23:59:59.999Z", -0.001),
    ],
)
def test_instant_is_parsed_with_offset_and_nanoseconds(text: str, seconds: float) -> None:
    """Go's nanoseconds and any offset are accepted."""
    assert parse_rfc3339(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-20",
        "2026-11-20T03:00:00",
        "2026-11-20 03:00:00Z",
        "20261120T030000Z",
        "2026-W47-5T03:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T03:00:00Z\n",
        "2026-11-20t03:00:00z",
    ],
)
def test_invalid_rfc3339_instant_is_refused(text: str) -> None:
    """Only times that Go accepts in a webhook are accepted; the error shows the text."""
    with pytest.raises(ValueError, match="is not a"):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    "text", [ZERO_TIME, "0001-01-01T00:00:00.000Z", "0001-01-01T01:00:00+01:00"]
)
def test_zero_time_of_go_is_no_time(text: str) -> None:
    """E33: An alert whose endsAt is in the year 1 has not ended."""
    assert parse_instant(text) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.000Z"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000Z"),
    ],
)
def test_time_at_the_edge_of_the_calendar_can_be_formatted(text: str, written: str) -> None:
    """E33: An offset at the edge of all dates leads to no instant beyond it."""
    assert format_rfc3339(parse_rfc3339(text)) == written


def test_instant_other_than_the_zero_time_is_itself() -> None:
    """Only the zero time is no time."""
    assert parse_instant("2026-11-20T03:00:00Z") == 1795143600


def test_instant_is_formatted_in_utc() -> None:
    """Times are written in UTC with milliseconds, or without."""
    assert format_rfc3339(1795143600.0004) == "2026-11-20T03:00:00.000Z"
    assert format_rfc3339(0.29) == "1970-01-01T00:00:00.290Z"
    assert format_rfc3339(59.9999) == "1970-01-01T00:01:00.000Z"
    assert format_rfc3339(1795143600.9, milliseconds=False) == "2026-11-20T03:00:00Z"
    assert format_rfc3339(-62135596800) == "0001-01-01T00:00:00.000Z"


def test_instant_beyond_the_calendar_is_refused() -> None:
    """An invalid time is a ValueError on every platform."""
    for t in (1e18, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="9999"):
            format_rfc3339(t)


@without_deadline
@given(st.integers(min_value=0, max_value=LAST_SECOND_OF_9999 * 1000))
def test_formatted_instant_parses_to_the_same(milliseconds: int) -> None:
    """An instant is kept to the millisecond."""
    assert round(parse_rfc3339(format_rfc3339(milliseconds / 1000)) * 1000) == milliseconds


def test_local_time_in_an_unknown_zone_is_refused() -> None:
    """The error says what to write."""
    assert local_time(1795143600, "Europe/Berlin").isoformat() == "2026-11-20T04:00:00+01:00"
    for name in ("Mars/Olympus", "../../etc/passwd", ""):
        with pytest.raises(ValueError, match="use an IANA name"):
            local_time(0, name)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T03:00:00Z",
        "2026-11-20T03:00:00",
        "2026-11-20T04:00:00.000+0100",
        "2026-11-20T04:00:00+0100",
        "2026-11-20T04:00+01",
        "2026-11-20 03:00:00",
        "2026-11-20T03:00Z",
        "2026-11-20t03:00z",
    ],
)
def test_time_is_parsed_in_every_usual_form(text: str) -> None:
    """The forms of Alertmanager (go-openapi/strfmt), and small letters as in RFC 3339."""
    assert parse_time(text) == 1795143600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-20",
        "20261120T030000Z",
        "2026-11-20T03:00:00Z\n",
        "2026-11-20T03:00:00,5Z",
        "2026-11-20T03Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T03:00:00ZZ",
        "2" * 5000,
    ],
)
def test_text_in_no_form_of_a_time_is_refused(text: str) -> None:
    """The error shows how to write a time."""
    with pytest.raises(ValueError, match="is not a"):
        parse_time(text)


def test_zero_time_of_go_in_any_form_is_no_time() -> None:
    """E33: An alert whose endsAt is in the year 1 has not ended."""
    assert parse_time(ZERO_TIME) is parse_time("0001-01-01 00:00:00") is None

"""Time intervals, and when they mute a route."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.core.routing.match import Route, RouteSpec, build_route
from gateway.core.routing.mutes import (
    TimeInterval,
    find_mute,
    never_matches,
    next_interval_change,
    next_mute_change,
    parse_time_interval,
)
from gateway.core.time.timestamps import local_time, parse_rfc3339
from tests.examples import examples

OFFICE = parse_time_interval(
    {
        "weekdays": ["monday:friday"],
        "times": [{"start_time": "09:00", "end_time": "17:00"}],
        "location": "Europe/Berlin",
    }
)
NIGHT = parse_time_interval(
    {
        "times": [
            {"start_time": "22:00", "end_time": "24:00"},
            {"start_time": "00:00", "end_time": "06:00"},
        ],
        "location": "Europe/Berlin",
    }
)
NAMED = {"office": [OFFICE], "night": [NIGHT], "always": [TimeInterval()]}
HOUR = 3600.0

# An hour skipped or repeated: Berlin, half an hour at Lord Howe, at midnight in Havana and Sao
# Paulo, one minute past it in St John's, two hours in Troll, a whole day in Apia, and quiet UTC.
TURNS = {
    "Europe/Berlin": ("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"),
    "America/Havana": ("2026-03-08T05:00:00Z", "2026-11-01T05:00:00Z"),
    "America/Sao_Paulo": ("2018-02-18T02:00:00Z", "2018-11-04T03:00:00Z"),
    "America/St_Johns": ("2010-03-14T03:31:00Z", "2010-11-07T02:31:00Z"),
    "Antarctica/Troll": ("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    "Pacific/Apia": ("2011-12-30T10:00:00Z",),
    "UTC": ("2024-02-29T00:00:00Z", "2026-12-31T23:59:00Z"),
}
TURNING_POINTS = [(zone, text) for zone, texts in TURNS.items() for text in texts]


def at(text: str) -> float:
    """Return the instant of an RFC 3339 time."""
    return parse_rfc3339(text)


def clock(minute: int) -> str:
    """Return minutes since midnight as HH:MM."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def intervals(draw: st.DrawFn, zone: str) -> TimeInterval:
    """Draw an interval in `zone` that a file could contain."""
    fields: dict[str, Any] = {"location": zone}
    if draw(st.booleans()):
        quarters = st.integers(0, 96)
        pairs = st.lists(st.tuples(quarters, quarters).filter(lambda p: p[0] < p[1]), min_size=1)
        fields["times"] = [
            {"start_time": clock(start * 15), "end_time": clock(end * 15)}
            for start, end in draw(pairs)[:3]
        ]
    if draw(st.booleans()):
        fields["weekdays"] = [
            draw(st.sampled_from(["sunday", "saturday:saturday", "monday:friday"]))
        ]
    if draw(st.booleans()):
        fields["days_of_month"] = [draw(st.sampled_from(["-1", "1", "29:31", "-3:-1", "28:-2"]))]
    return parse_time_interval(fields)


@settings(deadline=None)
@given(st.data(), st.sampled_from(TURNING_POINTS), st.integers(-26 * 60, 26 * 60))
def test_next_change_is_the_next_minute_with_another_state(
    data: st.DataObject, turn: tuple[str, str], minutes: int
) -> None:
    """Promise 12, E30: The end of a mute is exact, also over daylight saving."""
    zone, text = turn
    several = data.draw(st.lists(intervals(zone) | intervals("UTC"), min_size=1, max_size=2))
    t = at(text) + minutes * 60.0 + 0.5

    def inside(moment: float) -> bool:
        return any(interval.contains(moment) for interval in several)

    minute = t // 60 * 60
    tested = (minute + n * 60 for n in range(1, 3 * 24 * 60))
    slow = next((moment for moment in tested if inside(moment) != inside(t)), None)
    fast = next_interval_change(several, t)
    if slow is None:
        assert fast is None or fast >= minute + 3 * 24 * HOUR
    else:
        assert fast == slow


@pytest.mark.parametrize(
    ("from_", "until"),
    [
        ("2026-03-27T12:00:00+01:00", "2026-03-27T17:00:00+01:00"),
        ("2026-03-27T17:00:00+01:00", "2026-03-30T09:00:00+02:00"),
        ("2026-10-24T12:00:00+02:00", "2026-10-26T09:00:00+01:00"),
        ("2026-10-26T08:59:59+01:00", "2026-10-26T09:00:00+01:00"),
    ],
)
def test_office_hours_follow_the_wall_clock(from_: str, until: str) -> None:
    """Promise 12: Nine o'clock is nine o'clock before and after the clocks change."""
    assert next_interval_change(OFFICE, at(from_)) == at(until)


def test_adjacent_intervals_at_midnight_are_one() -> None:
    """Two entries that meet at midnight are one night."""
    assert next_interval_change([NIGHT], at("2026-01-01T22:30:00+01:00")) == at(
        "2026-01-02T06:00:00+01:00"
    )


def test_interval_without_a_change_has_no_next_change() -> None:
    """Always, never again, and beyond the horizon are all None."""
    now = at("2026-01-01T00:00:00Z")
    assert next_interval_change(TimeInterval(), now) is None
    assert next_interval_change(parse_time_interval({"years": ["2020"]}), now) is None
    assert next_interval_change(parse_time_interval({"years": ["2040"]}), now) is None
    assert next_interval_change((), now) is None


def test_leap_day_is_within_the_horizon() -> None:
    """A yearly or four-yearly interval is within the search."""
    leap_day = parse_time_interval({"months": ["february"], "days_of_month": ["29"]})
    assert next_interval_change(leap_day, at("2024-03-01T00:00:00Z")) == at("2028-02-29T00:00:00Z")


@pytest.mark.parametrize(
    ("time", "inside"),
    [
        ("2021-03-31T23:59:00-04:00", True),
        ("2021-03-30T12:00:00-04:00", False),
        ("2021-11-30T12:00:00-05:00", True),
        ("2021-11-29T12:00:00-05:00", False),
    ],
)
def test_last_day_of_a_month_with_a_clock_change_matches(time: str, inside: bool) -> None:
    """E29: -1 is the last day also in months that are an hour short or long."""
    last = parse_time_interval({"days_of_month": ["-1"], "location": "America/New_York"})
    assert last.contains(at(time)) is inside


def test_interval_without_a_location_is_in_utc() -> None:
    """E29: The host's own zone never counts."""
    office = parse_time_interval({"times": [{"start_time": "09:00", "end_time": "10:00"}]})
    assert office.contains(at("2026-07-01T09:30:00Z"))
    assert not office.contains(at("2026-07-01T09:30:00+02:00"))


def test_values_are_parsed_with_or_without_quotes_and_case() -> None:
    """Numbers, single values and capitals are accepted."""
    fields = {
        "months": [1, "March:april"],
        "years": 2026,
        "days_of_month": "1:15",
        "weekdays": None,
    }
    interval = parse_time_interval(fields)
    assert interval.months == ((1, 1), (3, 4))
    assert interval.years == ((2026, 2026),)
    assert interval.days_of_month == ((1, 15),)
    assert interval.weekdays == ()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"month": ["1"]}, "month: no such field in a time interval, only times, weekdays"),
        ({"months": ["13"]}, "months: '13' is not a month: write a name like january, or 1 to 12"),
        ({"months": ["0"]}, "months: '0' is not a month"),
        ({"months": []}, "months: an empty list never matches; leave the field out for always"),
        ({"months": [True]}, "months: True must be a text like 'first:last'"),
        ({"months": ["1:2:3"]}, "months: '1:2:3' must have one colon at most"),
        ({"months": {"a": 1}}, "months: {'a': 1} must be a text like 'first:last'"),
        ({"days_of_month": [75]}, "'75' is not a day of the month: write 1 to 31, or -1 to -31; "
         "write a range in quotes"),
        ({"days_of_month": ["-1:-3"]}, "days_of_month: '-1:-3' never matches"),
        ({"weekdays": ["friday:monday"]}, "'friday:monday' never matches: the first is after"),
        ({"years": ["12345"]}, "years: '12345' is not a year"),
        ({"years": 1.5}, "years: must be a list, not 1.5"),
        ({"times": [{"start_time": 540, "end_time": "17:00"}]}, "start_time 540 must be '00:00'"),
        ({"times": [{"start_time": "22:00", "end_time": "06:00"}]}, "over midnight takes two"),
        ({"times": [{"start_time": "22:00", "end": "06:00"}]}, "must have a start_time and an end"),
        ({"times": ["09:00-17:00"]}, "times: '09:00-17:00' must have a start_time and an end_time"),
        ({"location": "Berlin"}, "location: unknown time zone 'Berlin': use an IANA name"),
        ({"location": 1}, "location: must be the name of a time zone, not 1"),
    ],
)  # fmt: skip
def test_invalid_interval_is_refused_with_its_field(
    fields: Mapping[str, object], complaint: str
) -> None:
    """Promise 6, E29: The error names the field and what is allowed."""
    with pytest.raises(ValueError, match=r"^[a-z_]+: ") as caught:
        parse_time_interval(fields)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "never"),
    [
        ({}, False),
        ({"days_of_month": ["30:31"], "months": ["february"]}, True),
        ({"days_of_month": ["29"], "months": ["february"]}, False),
        ({"days_of_month": ["29"], "months": ["february"], "years": ["2025:2027"]}, True),
        ({"days_of_month": ["29"], "months": ["february"], "weekdays": ["monday"]}, False),
        ({"days_of_month": ["29"], "months": ["february"], "years": ["1900"]}, True),
        ({"days_of_month": ["31:-1"], "months": ["april", "june"]}, True),
        (
            {"days_of_month": ["1"], "weekdays": ["sunday"], "years": ["2026"], "months": ["1"]},
            True,
        ),
        ({"years": ["2026"], "weekdays": ["sunday"]}, False),
    ],
)
def test_interval_that_never_matches_is_reported(fields: Mapping[str, object], never: bool) -> None:
    """Promise 6: An interval that can never match is reported when it is loaded."""
    assert never_matches(parse_time_interval(fields)) is never


def route(**fields: list[str]) -> Route:
    return build_route(RouteSpec(**fields))  # type: ignore[arg-type]  # only lists of names are given


@pytest.mark.parametrize(
    ("fields", "time", "mute"),
    [
        ({}, "2026-01-05T23:00:00+01:00", None),
        ({"mute_time_intervals": ["office", "night"]}, "2026-01-05T23:00:00+01:00",
         ("muted", "night")),
        ({"mute_time_intervals": ["night"]}, "2026-01-05T12:00:00+01:00", None),
        ({"active_time_intervals": ["office", "night"]}, "2026-01-05T18:00:00+01:00",
         ("outside active", "office, night")),
        ({"active_time_intervals": ["office", "night"]}, "2026-01-05T23:00:00+01:00", None),
        ({"active_time_intervals": ["always"], "mute_time_intervals": ["night"]},
         "2026-01-05T23:00:00+01:00", ("muted", "night")),
    ],
)  # fmt: skip
def test_muted_route_names_the_interval(
    fields: dict[str, list[str]], time: str, mute: tuple[str, str] | None
) -> None:
    """Promise 2: A mute has a reason: muted by one, or outside all active ones."""
    assert find_mute(route(**fields), NAMED, at(time)) == mute


@settings(deadline=None, max_examples=examples(50))
@example(0)
@given(st.integers(0, 400 * 24 * 60))
def test_next_change_of_a_route_starts_or_ends_its_mute(minutes: int) -> None:
    """E30: The next change is exactly where the route becomes muted or unmuted."""
    both = route(mute_time_intervals=["night"], active_time_intervals=["office", "night"])
    t = at("2026-01-01T00:00:00Z") + minutes * 60
    change = next_mute_change(both, NAMED, t)
    assert change is not None
    muted = find_mute(both, NAMED, t) is not None
    assert (find_mute(both, NAMED, change) is not None) is not muted
    assert (find_mute(both, NAMED, change - 0.001) is not None) is muted
    assert local_time(change, "Europe/Berlin").strftime("%H:%M") in ("09:00", "17:00")


def test_route_without_intervals_has_no_next_change() -> None:
    """A route that is never muted has no change to wait for."""
    assert next_mute_change(route(), NAMED, 0.0) is None

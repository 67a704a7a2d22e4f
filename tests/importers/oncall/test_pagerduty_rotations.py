"""Random schedules of PagerDuty against its rule."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.importers.oncall.exports.pagerduty import layer
from tests.importers.oncall.imports import compared, imported
from tests.importers.oncall.reference.pagerduty import with_rendering
from tests.importers.oncall.reference.rendered import seconds, text

START = seconds("2026-10-05T00:00:00Z")
END = START + 4 * 7 * 86400  # the clocks change in three of these zones
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
PEOPLE = ["ana", "ben", "cho", "dee"]

_half_hours = st.integers(8, 46)
"""From 04:00 to 23:00: not in the hours in which clocks change, whose rule nobody documents."""


@st.composite
def restrictions(draw: st.DrawFn) -> tuple[dict[str, Any], ...]:
    """Up to three restrictions of one kind."""
    weekly = draw(st.booleans())
    result = []
    for _ in range(draw(st.integers(0, 3))):
        start, end = draw(_half_hours), draw(_half_hours)
        length = (end - start) % 48 or 48
        one: dict[str, Any] = {
            "type": "daily_restriction",
            "start_time_of_day": f"{start // 2:02}:{start % 2 * 30:02}:00",
            "duration_seconds": length * 1800,
        }
        if weekly:
            one["type"] = "weekly_restriction"
            one["start_day_of_week"] = draw(st.integers(1, 7))
            one["duration_seconds"] += draw(st.integers(0, 6)) * 86400
        result.append(one)
    return tuple(result)


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    """A schedule of up to three layers that begin before, within or after the rendered time."""
    zone = draw(st.sampled_from(ZONES))
    hourly = zone in ("UTC", "Asia/Kathmandu")  # the rule for skipped hours is not documented
    layers = []
    for number in range(draw(st.integers(1, 3))):
        lengths = [86400, 3 * 86400, 604800, 1209600, *([21600, 46800] if hourly else [])]
        turn = draw(st.sampled_from(lengths))
        virtual = START + draw(st.integers(-200, 40)) * 43200 + 9 * 3600
        begins = virtual + draw(st.integers(0, 90)) * 43200
        ends = draw(st.none() | st.integers(1, 200).map(lambda n, b=begins: text(b + n * 43200)))
        people = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))
        layers.append(
            layer(f"L{number}", people, turn, text(begins), virtual=text(virtual), end=ends,
                  restrictions=draw(restrictions()))
        )  # fmt: skip
    return {"id": "P1", "type": "schedule", "name": "Any", "time_zone": zone,
            "schedule_layers": layers}  # fmt: skip


@settings(max_examples=examples(30), deadline=None)
@given(schedules())
def test_a_random_schedule_has_the_same_people_on_call(schedule: dict[str, Any]) -> None:
    """For any layers, turns, restrictions and clocks, nobody's shift differs."""
    window = {"window": {"start": text(START), "end": text(END)}}
    with TemporaryDirectory() as folder:
        written = imported(Path(folder), window, {"schedule": with_rendering(schedule, START, END)})
        for one in compared(written):
            assert one.differences == ()

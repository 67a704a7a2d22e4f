"""Random schedules of Grafana OnCall against its rule."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.importers.oncall.exports.grafana import DAY, HOUR, listed, rolling, shift
from tests.importers.oncall.imports import compared, imported
from tests.importers.oncall.reference.grafana import DAYS, final_shifts
from tests.importers.oncall.reference.rendered import seconds, text

Answer = dict[str, Any]
START = seconds("2026-10-05T00:00:00Z")
END = START + 4 * 7 * DAY
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu"]
PEOPLE = ["ana", "ben", "cho", "dee"]
_groups = st.lists(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True), min_size=1, max_size=4
)


@st.composite
def shifts(draw: st.DrawFn, key: str, zone: str) -> Answer:
    """A shift whose events begin and end outside of the hours in which clocks change."""
    day = draw(st.integers(-40, 5))
    hour = draw(st.integers(6, 20))
    start = text(START + day * DAY + hour * HOUR).removesuffix("Z")
    level, people = draw(st.integers(0, 2)), draw(_groups)
    frequency = draw(st.sampled_from(["", "daily", "daily", "weekly", "weekly"]))
    hours = draw(st.integers(1, 23 - hour)) if draw(st.booleans()) else 12
    if not frequency:
        return shift(key, "single_event", start, hours * HOUR, level=level, users=people[0])
    more: Answer = {"level": level, "start_rotation_from_user_index": 0}
    selected = draw(st.lists(st.sampled_from(DAYS), max_size=7, unique=True))
    interval = draw(st.integers(1, 3))
    if frequency == "daily":
        interval = min(interval, len(selected)) if selected else interval
        duration = draw(st.sampled_from([hours * HOUR, DAY]))
    else:
        more["week_start"] = draw(st.sampled_from(DAYS))
        whole = [interval * 7 * DAY, 3 * DAY] if not selected else []
        duration = draw(st.sampled_from([hours * HOUR, DAY, *whole]))
    if hour + duration % DAY // HOUR > 24:
        duration = HOUR  # an event must not end in the small hours
    if selected:
        more["by_day"] = selected
    if zone == "UTC" and draw(st.booleans()):
        more["until"] = text(START + draw(st.integers(0, 25)) * DAY).removesuffix("Z")
    more["start_rotation_from_user_index"] = draw(st.integers(0, len(people) - 1))
    return rolling(key, people, frequency, start, duration, interval=interval, **more)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[str, list[Answer]]:
    """A zone, and up to three shifts and two overrides."""
    zone = draw(st.sampled_from(ZONES))
    result = [draw(shifts(f"s{number}", zone)) for number in range(draw(st.integers(1, 3)))]
    for number in range(draw(st.integers(0, 2))):
        start = text(START + draw(st.integers(0, 50)) * 12 * HOUR + 8 * HOUR).removesuffix("Z")
        users = draw(_groups)[0]
        result.append(shift(f"o{number}", "override", start, 10 * HOUR, users=users))
    return zone, result


@settings(max_examples=examples(30), deadline=None)
@given(schedules())
def test_a_random_schedule_has_the_same_people_on_call(case: tuple[str, list[Answer]]) -> None:
    """For any shifts, levels and overrides, nobody's shift differs."""
    zone, every = case
    keys = [one["id"] for one in every]
    schedule = {"id": "s", "name": "Any", "type": "calendar", "time_zone": zone, "shifts": keys}
    with TemporaryDirectory() as folder:
        written = imported(
            Path(folder),
            {"window": {"start": text(START), "end": text(END)}},
            listed([schedule]),
            listed(every),
            {"final_shifts_of": "s"},
            final_shifts(every, zone, START, END),
        )
        for one in compared(written):
            assert one.differences == ()

"""Random schedules of Opsgenie against its rule."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.importers.oncall.exports.opsgenie import ANA, BEN, CHO, DEE, NOBODY, answer, rotation
from tests.importers.oncall.imports import compared, imported
from tests.importers.oncall.reference.opsgenie import timeline
from tests.importers.oncall.reference.rendered import seconds, text

START = seconds("2026-10-05T00:00:00Z")
END = START + 4 * 7 * 86400
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_hours = st.integers(4, 23)
"""Not the hours in which clocks change, whose rule Opsgenie does not document."""


@st.composite
def restrictions(draw: st.DrawFn) -> dict[str, Any] | None:
    """No restriction, hours of the day, or hours of the week."""
    kind = draw(st.sampled_from(["none", "day", "week"]))
    if kind == "none":
        return None
    if kind == "day":
        start, end = draw(st.lists(_hours, min_size=2, max_size=2, unique=True))
        rule = {"startHour": start, "startMin": 30, "endHour": end, "endMin": 0}
        return {"type": "time-of-day", "restriction": rule}
    rules = [
        {"startDay": draw(st.sampled_from(DAYS)), "startHour": draw(_hours), "startMin": 0,
         "endDay": draw(st.sampled_from(DAYS)), "endHour": draw(_hours), "endMin": 30}
        for _ in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    return {"type": "weekday-and-time-of-day", "restrictions": rules}


@st.composite
def schedules(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A schedule of up to three rotations, and its overrides."""
    zone = draw(st.sampled_from(ZONES))
    kinds = ["daily", "weekly", *(["hourly"] if zone in ("UTC", "Asia/Kathmandu") else [])]
    rotations = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(kinds))
        begins = START + draw(st.integers(-60, 20)) * 43200 + 9 * 3600
        ends = draw(st.none() | st.integers(1, 100))
        more = {"endDate": text(begins + ends * 43200)} if ends else {}
        members = st.sampled_from([ANA, BEN, CHO, DEE, NOBODY])
        participants = draw(st.lists(members, min_size=1, max_size=4))
        length = draw(st.integers(6, 30) if kind == "hourly" else st.integers(1, 3))
        rotations.append(
            rotation(f"r{number}", participants, kind, length, text(begins),
                     timeRestriction=draw(restrictions()), **more)
        )  # fmt: skip
    overrides = []
    for number in range(draw(st.integers(0, 1))):
        begins = START + draw(st.integers(0, 50)) * 43200
        ends = begins + draw(st.integers(1, 9)) * 14400
        chosen = draw(st.lists(st.sampled_from(rotations), max_size=2))
        overrides.append(
            {"alias": f"o{number}", "user": draw(st.sampled_from([ANA, DEE])),
             "startDate": text(begins), "endDate": text(ends),
             "rotations": [{"id": one["id"]} for one in chosen]}
        )  # fmt: skip
    schedule = {"id": "s", "name": "Any", "timezone": zone, "enabled": True, "rotations": rotations}
    return schedule, overrides


@settings(max_examples=examples(30), deadline=None)
@given(schedules())
def test_a_random_schedule_has_the_same_people_on_call(
    case: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    """For any rotations that add up, nobody's shift differs."""
    schedule, overrides = case
    window = {"window": {"start": text(START), "end": text(END)}}
    with TemporaryDirectory() as folder:
        written = imported(
            Path(folder),
            window,
            answer([schedule]),
            timeline(schedule, overrides, START, END),
            answer(overrides),
        )
        for one in compared(written):
            assert one.differences == ()

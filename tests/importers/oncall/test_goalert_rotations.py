"""Random schedules of GoAlert against its rule."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.importers.oncall.exports.goalert import listed, target
from tests.importers.oncall.imports import compared, imported
from tests.importers.oncall.reference.goalert import handoffs, with_shifts
from tests.importers.oncall.reference.rendered import seconds, text

Answer = dict[str, Any]
START = seconds("2026-10-05T00:00:00Z")
END = START + 4 * 7 * 86400
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
PEOPLE = ["ana", "ben", "cho", "dee"]
_clock = st.integers(8, 46).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
"""Not the hours in which clocks change."""


@st.composite
def rotations(draw: st.DrawFn, key: str, zone: str) -> Answer:
    """A rotation of one to four people with any of them active."""
    kinds = ["daily", "weekly", "monthly", *(["hourly"] if zone == "UTC" else [])]
    kind = draw(st.sampled_from(kinds))
    users = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))
    start = START - 120 * 86400 + draw(st.integers(0, 20)) * 86400 + 9 * 3600
    answer = {
        "id": key,
        "name": key,
        "type": kind,
        "shiftLength": draw(st.integers(5, 30) if kind == "hourly" else st.integers(1, 3)),
        "start": text(start),
        "timeZone": zone,
        "userIDs": users,
        "activeUserIndex": draw(st.integers(0, len(users) - 1)),
    }
    times = handoffs(answer, START, START) if draw(st.booleans()) else []
    return {**answer, "nextHandoffTimes": times}


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Answer, dict[str, Answer], list[Answer]]:
    """A schedule with its rotations and overrides."""
    zone = draw(st.sampled_from(ZONES))
    every_day = [True] * 7
    days = st.just(every_day) | st.lists(st.booleans(), min_size=7, max_size=7)
    by_id: dict[str, Answer] = {}
    targets = []
    for number in range(draw(st.integers(1, 3))):
        rules = (
            [(draw(_clock), draw(_clock), draw(days)) for _ in range(draw(st.integers(1, 2)))]
            if draw(st.booleans())
            else [("00:00", "00:00", every_day)]
        )
        if draw(st.booleans()):
            targets.append(target(draw(st.sampled_from(PEOPLE)), "user", *rules))
        else:
            by_id[f"r{number}"] = draw(rotations(f"r{number}", zone))
            targets.append(target(f"r{number}", "rotation", *rules))
    overrides = []
    pairs = st.sampled_from([("ana", ""), ("", "ben"), ("cho", "ben"), ("cho", "dee")])
    for added, removed in draw(st.lists(pairs, max_size=3, unique=True)):
        begins = START + draw(st.integers(0, 9)) * 43200
        overrides.append(
            {"start": text(begins), "end": text(begins + draw(st.integers(1, 30)) * 14400),
             "addUserID": added, "removeUserID": removed,
             "target": {"id": "s", "type": "schedule"}}
        )  # fmt: skip
    temporary = []
    if draw(st.booleans()):
        begins = START + draw(st.integers(0, 50)) * 43200
        shifts = [
            {"userID": draw(st.sampled_from(PEOPLE)), "start": text(begins + first * 7200),
             "end": text(begins + (first + draw(st.integers(1, 4))) * 7200)}
            for first in draw(st.lists(st.integers(0, 6), max_size=3))
        ]  # fmt: skip
        temporary.append({"start": text(begins), "end": text(begins + 86400), "shifts": shifts})
    schedule = {"id": "s", "name": "Any", "timeZone": zone, "targets": targets,
                "temporarySchedules": temporary}  # fmt: skip
    return schedule, by_id, overrides


@settings(max_examples=examples(30), deadline=None)
@given(schedules())
def test_a_random_schedule_has_the_same_people_on_call(
    case: tuple[Answer, dict[str, Answer], list[Answer]],
) -> None:
    """For any rules that add up, nobody's shift differs."""
    schedule, by_id, overrides = case
    data = {
        "rotations": listed(list(by_id.values())),
        "schedules": listed([with_shifts(schedule, by_id, overrides, START, END)]),
        "userOverrides": listed(overrides),
    }
    window = {"window": {"start": text(START), "end": text(END)}}
    with TemporaryDirectory() as folder:
        for one in compared(imported(Path(folder), window, {"data": data})):
            assert one.differences == ()

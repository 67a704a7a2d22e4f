"""Grafana OnCall's exports: levels, selected days, wall clocks, overrides, chains, calendars."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.core.oncall.rota import on_call
from gateway.importers.oncall.read.json_value import ExportError
from gateway.importers.oncall.read.notes import NoteKind
from tests.importers.oncall.exports import grafana
from tests.importers.oncall.exports.make import FOLDER, export_text
from tests.importers.oncall.imports import compared, imported, imported_file, notes, plan
from tests.importers.oncall.reference.rendered import seconds

FILE = FOLDER / "grafana.json"


def test_the_committed_export_equals_the_independent_rule() -> None:
    """The final shifts in the committed file are those of the product's rule."""
    assert FILE.read_text(encoding="utf-8") == export_text(grafana.documents())


def test_the_export_with_all_traps_has_the_same_people_on_call_for_eight_weeks() -> None:
    """Every instant across a change of the clocks has the people of the highest level."""
    terraform, web, calendar = compared(imported_file(FILE))
    for one, rotas in ((terraform, ("billing", "billing-2")), (web, ("billing-web",))):
        assert one.end - one.start == 8 * 7 * 86400
        assert (one.rotas, one.differences, one.reason) == (rotas, (), "")
    assert calendar.reason == "it is read from a calendar, which no export has"


def test_a_higher_level_hides_the_lower_one_in_each_rota() -> None:
    """Level 0 has two shifts at once, so both of its rotas have the levels above."""
    rotas = plan(imported_file(FILE)).rotas
    at = seconds("2026-11-05T10:00:00Z")
    assert {on_call(rotas[name], at) for name in ("billing", "billing-2")} == {("dee",)}


def test_a_shift_of_the_web_without_a_zone_is_in_utc() -> None:
    """The schedule's zone is only how the web shows it."""
    rotas = plan(imported_file(FILE)).rotas
    assert rotas["billing-web"].zone == "UTC"
    assert rotas["billing"].zone == "Europe/Berlin"


def test_daily_turns_on_selected_days_count_these_days_only(tmp_path: Path) -> None:
    """Two groups on Monday, Wednesday and Friday swap every week."""
    shift = grafana.rolling("d", [["ana"], ["ben"]], "daily", "2026-10-05T09:00:00",
                            grafana.HOUR, by_day=["MO", "WE", "FR"])  # fmt: skip
    rota = plan(imported(tmp_path, *_schedule(shift))).rotas["s"]
    days = [f"2026-10-{day:02}T09:30:00Z" for day in (5, 7, 9, 12, 14, 16)]
    people = [on_call(rota, seconds(day))[0] for day in days]
    assert people == ["ana", "ben", "ana", "ben", "ana", "ben"]


def test_an_interval_of_two_weeks_leaves_the_second_one_empty(tmp_path: Path) -> None:
    """An event of eight hours every second Monday is no turn of two weeks."""
    shift = grafana.rolling("w", [["ana"], ["ben"]], "weekly", "2026-10-05T09:00:00",
                            8 * grafana.HOUR, interval=2, week_start="MO")  # fmt: skip
    rota = plan(imported(tmp_path, *_schedule(shift))).rotas["s"]
    mondays = [f"2026-10-{day:02}T09:30:00Z" for day in (5, 12, 19, 26)]
    assert [on_call(rota, seconds(one)) for one in mondays] == [("ana",), (), ("ben",), ()]


def test_an_event_of_ten_days_becomes_a_whole_week_and_a_part(tmp_path: Path) -> None:
    """Ten of fourteen days: one layer for the first week, one for three days of the second."""
    shift = grafana.rolling("w", [["ana"], ["ben"]], "weekly", "2026-10-05T09:00:00",
                            10 * grafana.DAY, interval=2, week_start="MO")  # fmt: skip
    rota = plan(imported(tmp_path, *_schedule(shift))).rotas["s"]
    times = ["05T10", "11T10", "12T10", "15T08", "15T10", "19T08", "19T10"]
    people = [on_call(rota, seconds(f"2026-10-{one}:00:00Z")) for one in times]
    assert people == [("ana",), ("ana",), ("ana",), ("ana",), (), (), ("ben",)]


def test_waits_are_steps_of_their_own() -> None:
    """Steps without a wait between them are one step; the next each time is round robin."""
    escalation = plan(imported_file(FILE)).escalations["billing-chain"]
    first, second, third = escalation.steps
    assert (first.notify, first.wait) == (
        ("rota:billing", "rota:billing-2", "rota:billing-web"),
        300,
    )
    assert (second.round_robin, second.wait) == (True, 600)
    assert third.notify == ("person:ana", "person:ben")
    assert escalation.repeat == 5


def test_a_calendar_becomes_a_rota_that_reads_it_and_its_url_stays_secret() -> None:
    """The file has a variable; neither it nor the report shows the address."""
    written = imported_file(FILE)
    assert "ical: '${BILLING_CALENDAR_ICAL_URL}'" in written.text
    shown = written.text + "".join(map(str, written.notes.items))
    assert "private-0000" not in shown
    assert "BILLING_CALENDAR_ICAL_URL" in [one.name for one in written.variables]


def test_what_has_no_counterpart_is_named_with_its_path() -> None:
    """A time window in a chain and an important step."""
    written = imported_file(FILE)
    assert "notify_if_time_from_to" in "\n".join(notes(written, NoteKind.LOST))
    assert "document 9.results[0].important" in "\n".join(notes(written, NoteKind.CHANGED))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"frequency": "monthly", "by_day": ["MO"]}, "months with selected days"),
        ({"frequency": "monthly", "duration": 86400}, "shorter than a month"),
        ({"frequency": "hourly", "duration": 1800}, "parts of an hour"),
        ({"frequency": "hourly", "by_day": ["MO"]}, "hours on selected days"),
        ({"rolling_users": []}, "has no users"),
        ({"frequency": "weekly", "by_month": [1, 2]}, "selected months"),
        ({"frequency": "monthly", "duration": 31 * 86400, "by_monthday": [1, 15]}, "days of the"),
    ],
)
def test_a_shift_that_cannot_be_written_is_named(
    tmp_path: Path, values: dict[str, Any], reason: str
) -> None:
    """The schedule comes without it, and the note says which one."""
    shift = grafana.rolling("w", [["ana"]], "daily", "2026-10-05T09:00:00", grafana.HOUR)
    written = imported(tmp_path, *_schedule({**shift, **values}))
    lost = notes(written, NoteKind.LOST)
    assert "document 2.results[0]: shift" in lost[0]
    assert reason in lost[0]


def test_a_shift_that_is_not_exported_is_an_error(tmp_path: Path) -> None:
    """A schedule without one of its shifts would silently have fewer people."""
    with pytest.raises(ExportError, match="export on_call_shifts as well"):
        imported(tmp_path, grafana.listed([grafana.SCHEDULES[0]]))


def test_final_shifts_without_their_schedule_are_refused(tmp_path: Path) -> None:
    """The answer does not name its schedule; the line before it does."""
    documents = deepcopy(grafana.documents())
    del documents[3]
    with pytest.raises(ExportError, match="final_shifts_of"):
        imported(tmp_path, *documents)


def test_a_next_page_that_is_missing_is_refused(tmp_path: Path) -> None:
    """Fifty shifts are a page; the rest would otherwise be silently missing."""
    documents = deepcopy(grafana.documents())
    documents[2]["next"] = "https://oncall.example.com/api/v1/on_call_shifts/?page=2"
    with pytest.raises(ExportError, match="the list of shifts has more pages"):
        imported(tmp_path, *documents)


def test_shifts_on_several_clocks_become_several_rotas(tmp_path: Path) -> None:
    """Follow the sun: each region's shift has its own zone, and each rota one clock."""
    shifts = [
        grafana.shift(key, "recurrent_event", "2026-01-05T09:00:00", 8 * grafana.HOUR, level=0,
                      users=[key], frequency="daily", interval=1, time_zone=zone)
        for key, zone in (("ana", "Europe/Berlin"), ("cho", "Asia/Seoul"))
    ]  # fmt: skip
    rotas = plan(imported(tmp_path, *_schedule(*shifts))).rotas
    assert {one.zone for one in rotas.values()} == {"Europe/Berlin", "Asia/Seoul"}


def test_levels_on_several_clocks_are_named(tmp_path: Path) -> None:
    """A rota has one clock, so what hides another zone's shift moves when a clock changes."""
    shifts = [
        grafana.shift(key, "recurrent_event", "2026-01-05T09:00:00", 8 * grafana.HOUR, level=level,
                      users=[key], frequency="daily", interval=1, time_zone=zone)
        for level, (key, zone) in enumerate((("ana", "Europe/Berlin"), ("cho", "Asia/Seoul")))
    ]  # fmt: skip
    written = imported(tmp_path, *_schedule(*shifts))
    assert "is on the clock of Asia/Seoul" in notes(written, NoteKind.CHANGED)[0]
    rota = plan(written).rotas["s"]
    assert on_call(rota, seconds("2026-10-06T00:30:00Z")) == ("cho",)


def _schedule(*shifts: dict[str, Any]) -> list[dict[str, Any]]:
    keys = [one["id"] for one in shifts]
    schedule = {"id": "s", "name": "S", "type": "calendar", "team_id": None, "time_zone": "UTC",
                "shifts": keys}  # fmt: skip
    return [grafana.listed([schedule]), grafana.listed(list(shifts))]

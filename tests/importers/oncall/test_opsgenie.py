"""Opsgenie's exports: rotations that add up, participants, overrides, delays, and their traps."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.importers.oncall.read.json_value import ExportError
from gateway.importers.oncall.read.notes import NoteKind
from tests.importers.oncall.exports import opsgenie
from tests.importers.oncall.exports.make import FOLDER, export_text
from tests.importers.oncall.imports import compared, imported, imported_file, notes, plan

FILE = FOLDER / "opsgenie.json"
ROTAS = ("billing-schedule", "billing-schedule-2", "billing-schedule-3")


def test_the_committed_export_equals_the_independent_rule() -> None:
    """The timeline in the committed file is that of Opsgenie's rule, instant by instant."""
    assert FILE.read_text(encoding="utf-8") == export_text(opsgenie.documents())


def test_the_export_with_all_traps_has_the_same_people_on_call_for_eight_weeks() -> None:
    """Every instant across a change of the clocks has the people of all rotations."""
    (only,) = compared(imported_file(FILE))
    assert only.end - only.start == 8 * 7 * 86400
    assert (only.rotas, only.differences, only.reason) == (ROTAS, (), "")


def test_rotations_that_overlap_become_rotas_that_one_step_notifies() -> None:
    """Opsgenie's rotations add up; layers of one rota would hide each other."""
    written = imported_file(FILE)
    first = plan(written).escalations["billing-escalation"].steps[0]
    assert first.notify == tuple(f"rota:{one}" for one in ROTAS)
    assert "several people on call at once" in "\n".join(notes(written, NoteKind.CHANGED))


def test_rotations_that_never_meet_share_a_rota() -> None:
    """Week and weekend are layers of one rota, which people read as one schedule."""
    rota = plan(imported_file(FILE)).rotas["billing-schedule"]
    assert [layer.name for layer in rota.layers] == ["week", "weekend"]


def test_a_turn_of_nobody_and_a_repeated_participant_stay() -> None:
    """`none` is an empty turn, and somebody may have two turns of a round."""
    layer = plan(imported_file(FILE)).rotas["billing-schedule"].layers[0]
    assert layer.turns == (("ana",), ("ben",), ("ana",), ())


def test_waits_are_the_times_between_delays_that_count_from_the_alert() -> None:
    """Rules at 0, 10 and 30 minutes wait 10 and 20; adding the delays up would wait 40."""
    escalation = plan(imported_file(FILE)).escalations["billing-escalation"]
    assert [step.wait for step in escalation.steps] == [600, 1200, 1200]
    assert escalation.repeat == 3
    assert escalation.steps[1].notify == tuple(f"secondary:{one}" for one in ROTAS)
    assert escalation.steps[2].notify == ("person:ana",)


def test_what_has_no_counterpart_is_named_with_its_path() -> None:
    """Disabled schedules, ended rotations and closing alerts are all listed."""
    lost = "\n".join(notes(imported_file(FILE), NoteKind.LOST))
    assert 'document 2.data[1]: schedule "off_schedule" is disabled' in lost
    assert 'document 2.data[0].rotations[3]: rotation "old" has ended' in lost
    assert "document 5.data[0].repeat" in lost


def test_a_team_as_participant_is_nobody_with_a_note(tmp_path: Path) -> None:
    """Its routing rules decide in Opsgenie; a guess would page the wrong people."""
    documents = deepcopy(opsgenie.documents())
    team = {"type": "team", "id": "t-billing", "name": "Billing"}
    documents[1]["data"][0]["rotations"][0]["participants"][1] = team
    written = imported(tmp_path, *documents)
    assert any("the turn of the team" in one for one in notes(written, NoteKind.LOST))
    assert compared(written)[0].differences


def test_the_previous_on_call_of_a_schedule_is_named(tmp_path: Path) -> None:
    """Its rule is left out of the escalation, not turned into another one."""
    documents = deepcopy(opsgenie.documents())
    documents[4]["data"][0]["rules"][1]["notifyType"] = "previous"
    written = imported(tmp_path, *documents)
    assert any("previous on call" in one for one in notes(written, NoteKind.LOST))
    assert len(plan(written).escalations["billing-escalation"].steps) == 2


def test_schedules_without_rotations_say_what_to_export(tmp_path: Path) -> None:
    """The list has rotations only with `expand=rotation`."""
    entry = {"id": "s", "name": "s", "timezone": "UTC", "enabled": True}
    with pytest.raises(ExportError, match="expand=rotation"):
        imported(tmp_path, opsgenie.answer([entry]))


def test_overrides_before_any_timeline_are_refused(tmp_path: Path) -> None:
    """The answer does not name its schedule; it belongs to the timeline before it."""
    documents = opsgenie.documents()
    with pytest.raises(ExportError, match="it does not name its schedule"):
        imported(tmp_path, documents[1], documents[3])


def test_a_next_page_that_is_missing_is_refused(tmp_path: Path) -> None:
    """Half of the users would otherwise be silently missing."""
    documents = opsgenie.documents()
    documents[5]["paging"] = {"next": "https://api.example.com/v2/users?offset=100"}
    with pytest.raises(ExportError, match="the list of users has more pages"):
        imported(tmp_path, *documents)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "monthly"}, "hourly, daily or weekly is expected"),
        ({"startDate": "2026-01-05 08:00"}, "has no offset"),
        ({"timeRestriction": {"type": "sometimes"}}, "time-of-day or weekday-and-time-of-day"),
        (
            {"timeRestriction": opsgenie.days(("someday", 8, "friday", 18))},
            r"restrictions\[0\]\.startDay: weekday",
        ),
        ({"timeRestriction": opsgenie.hours(25, 6)}, "an hour from 0 to 24"),
    ],
)
def test_a_value_that_the_api_never_answers_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """The error has the path in the export and what belongs there."""
    documents = deepcopy(opsgenie.documents())
    documents[1]["data"][0]["rotations"][0].update(change)
    with pytest.raises(ExportError, match=message):
        imported(tmp_path, *documents)

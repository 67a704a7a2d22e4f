"""GoAlert's exports: the active user, rules, overrides, temporary schedules, and their traps."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.core.oncall.rota import on_call
from gateway.importers.oncall.read.json_value import ExportError
from gateway.importers.oncall.read.notes import NoteKind
from tests.importers.oncall.exports import goalert
from tests.importers.oncall.exports.make import FOLDER, export_text
from tests.importers.oncall.imports import compared, imported, imported_file, notes, plan
from tests.importers.oncall.reference.rendered import seconds

FILE = FOLDER / "goalert.json"


def test_the_committed_export_equals_the_independent_rule() -> None:
    """The shifts in the committed file are those of GoAlert's rule, instant by instant."""
    assert FILE.read_text(encoding="utf-8") == export_text(goalert.documents())


def test_the_export_with_all_traps_has_the_same_people_on_call_for_eight_weeks() -> None:
    """Every instant across a change of the clocks has the people of all rules."""
    schedule, rotation = compared(imported_file(FILE))
    assert schedule.end - schedule.start == 8 * 7 * 86400
    assert (schedule.rotas, schedule.differences, schedule.reason) == (
        ("billing", "billing-2"),
        (),
        "",
    )
    assert (rotation.rotas, rotation.differences, rotation.reason) == (("nights-rotation",), (), "")


def test_the_active_user_decides_whose_turn_it_is(tmp_path: Path) -> None:
    """The start of a rotation has only the time of day: another active user moves all turns."""
    documents = deepcopy(goalert.documents())
    documents[1]["data"]["rotations"]["nodes"][0]["activeUserIndex"] = 0
    assert compared(imported(tmp_path, *documents))[0].differences
    rota = plan(imported_file(FILE)).rotas["billing"]
    assert on_call(rota, seconds("2026-10-05T06:30:00Z")) == ("cho",)
    assert on_call(rota, seconds("2026-10-05T08:00:00Z")) == ("ana",)


def test_weekdays_begin_on_sunday(tmp_path: Path) -> None:
    """The first flag of a rule is Sunday's."""
    rule = ("09:00", "17:00", [True, False, False, False, False, False, False])
    schedule = {"id": "s", "name": "S", "timeZone": "UTC", "temporarySchedules": [],
                "targets": [goalert.target("ana", "user", rule)]}  # fmt: skip
    written = imported(tmp_path, {"data": {"schedules": goalert.listed([schedule])}})
    rota = plan(written).rotas["s"]
    assert on_call(rota, seconds("2026-10-11T10:00:00Z")) == ("ana",)
    assert on_call(rota, seconds("2026-10-12T10:00:00Z")) == ()


def test_a_temporary_schedule_leaves_out_rules_and_overrides() -> None:
    """Cho is added until 11 November at noon, and Ana alone is on call in the morning."""
    rotas = plan(imported_file(FILE)).rotas
    at = seconds("2026-11-11T03:00:00Z")
    assert {one for name in ("billing", "billing-2") for one in on_call(rotas[name], at)} == {"ana"}
    gap = seconds("2026-11-11T08:00:00Z")
    assert all(on_call(rotas[name], gap) == () for name in ("billing", "billing-2"))


def test_a_temporary_schedule_is_written_as_people_read_it() -> None:
    """Ana's shift is one override, and Cho is beside her in one rota only."""
    rotas = plan(imported_file(FILE)).rotas
    start, end = seconds("2026-11-10T00:00:00Z"), seconds("2026-11-12T00:00:00Z")
    within = {
        name: [(one.member, one.beside) for one in rotas[name].overrides
               if start <= one.start and one.end <= end]
        for name in ("billing", "billing-2")
    }  # fmt: skip
    assert within == {
        "billing": [("ana", False), (None, False), ("cho", True)],
        "billing-2": [("ana", False), (None, False)],
    }


def test_a_replacement_is_in_the_rotas_of_the_person_only() -> None:
    """Ana is replaced where she takes turns; elsewhere it would change nothing."""
    rotas = plan(imported_file(FILE)).rotas
    replaced = {
        name: {one.replaces for one in rotas[name].overrides} for name in ("billing", "billing-2")
    }
    assert replaced == {"billing": {None, "ana", "ben", "dee"}, "billing-2": {None, "ben", "dee"}}


def test_a_replacement_wins_over_a_removal_that_was_made_later(tmp_path: Path) -> None:
    """GoAlert reads removals first, in the order of neither the list nor the starts."""
    rule = ("00:00", "00:00", [True] * 7)
    schedule = {"id": "billing", "name": "S", "timeZone": "UTC", "temporarySchedules": [],
                "targets": [goalert.target("ben", "user", rule)]}  # fmt: skip
    overrides = [
        goalert.override("cho", "ben", "2026-10-10T00:00:00Z", "2026-10-12T00:00:00Z"),
        goalert.override("", "ben", "2026-10-11T00:00:00Z", "2026-10-13T00:00:00Z"),
    ]
    data = {"schedules": goalert.listed([schedule]), "userOverrides": goalert.listed(overrides)}
    rota = plan(imported(tmp_path, {"data": data})).rotas["s"]
    days = [on_call(rota, seconds(f"2026-10-{day}T12:00:00Z")) for day in (10, 11, 12, 13)]
    assert days == [("cho",), ("cho",), (), ("ben",)]


def test_a_policy_may_notify_a_rotation_directly() -> None:
    """The rotation becomes a rota of its own, compared by its next handovers."""
    first, second = plan(imported_file(FILE)).escalations["billing-policy"].steps
    assert (first.notify, first.wait) == (("rota:billing", "rota:billing-2"), 300)
    assert (second.notify, second.wait) == (("rota:nights-rotation", "person:ana"), 600)


def test_fifty_handovers_are_enough_of_a_daily_rotation(tmp_path: Path) -> None:
    """GoAlert answers no more of them, so --check does not ask for eight weeks."""
    rotation = goalert.rotation("d", ["ana", "ben"], "daily", 1, "2026-01-05T08:00:00Z", 0, "UTC")
    action = {"type": "builtin-rotation", "args": {"rotation_id": "d"}}
    policy = {"id": "p", "name": "P", "repeat": 0, "steps": [
        {"delayMinutes": 5, "actions": [action]}]}  # fmt: skip
    for count, reason in ((50, ""), (20, "the export says so for 19 days only")):
        times = rotation["nextHandoffTimes"][:count]
        data = {
            "rotations": goalert.listed([{**rotation, "nextHandoffTimes": times}]),
            "escalationPolicies": goalert.listed([policy]),
        }
        (only,) = compared(imported(tmp_path, {"data": data}))
        assert (only.differences, only.reason) == ((), reason)


def test_targets_of_older_releases_are_read(tmp_path: Path) -> None:
    """Before `actions` a step had `targets`."""
    step = {"delayMinutes": 5, "targets": [
        {"id": "ana", "type": "user", "name": "Ana"},
        {"id": "C1", "type": "slackChannel", "name": "#billing-alerts"}]}  # fmt: skip
    policy = {"id": "p", "name": "P", "repeat": 0, "steps": [step]}
    written = imported(tmp_path, {"data": {"escalationPolicies": goalert.listed([policy])}})
    assert plan(written).escalations["p"].steps[0].notify == ("person:ana",)
    assert "slackChannel is no person" in notes(written, NoteKind.LOST)[0]


def test_contact_methods_that_are_disabled_are_not_used() -> None:
    """Cho's second address is the one that works; Ana's Slack id comes along."""
    people = plan(imported_file(FILE)).people
    assert people["cho"].contacts["email"].address == "cho@example.com"
    assert people["ana"].contacts["slack"].address == "U012ANA"
    assert "Dee has no e-mail address" in "\n".join(notes(imported_file(FILE), NoteKind.DECIDE))


def test_a_rotation_on_another_clock_than_its_rules_is_named(tmp_path: Path) -> None:
    """A rota has one clock, so its handovers move by an hour when one of them changes."""
    rotation = goalert.rotation(
        "week", ["ana", "ben"], "daily", 1, "2026-01-05T08:00:00Z", 0, "America/New_York"
    )
    schedule = {
        "id": "s",
        "name": "S",
        "timeZone": "Europe/Berlin",
        "temporarySchedules": [],
        "targets": [goalert.target("week", "rotation", ("08:00", "20:00", [True] * 7))],
    }
    data = {"rotations": goalert.listed([rotation]), "schedules": goalert.listed([schedule])}
    written = imported(tmp_path, {"data": data})
    assert "hands over on the clock of America/New_York" in notes(written, NoteKind.CHANGED)[0]
    assert plan(written).rotas["s"].zone == "Europe/Berlin"


def test_a_handover_on_the_31st_is_named(tmp_path: Path) -> None:
    """GoAlert's February ends on 3 March, the gateway's on its last day."""
    rotation = goalert.rotation("m", ["ana", "ben"], "monthly", 1, "2026-01-31T08:00:00Z", 0, "UTC")
    schedule = {"id": "s", "name": "S", "timeZone": "UTC", "temporarySchedules": [], "targets": [
        goalert.target("m", "rotation", ("00:00", "00:00", [True] * 7))]}  # fmt: skip
    data = {"rotations": goalert.listed([rotation]), "schedules": goalert.listed([schedule])}
    written = imported(tmp_path, {"data": data})
    assert "in months without a day 31" in notes(written, NoteKind.CHANGED)[0]


def test_gaps_that_another_rota_of_the_schedule_covers_are_meant(tmp_path: Path) -> None:
    """Nobody is warned of the nights of one rota while the other one is always on call."""
    rotas = plan(imported_file(FILE)).rotas
    assert rotas["nights-rotation"].gaps_allowed is False
    documents = deepcopy(goalert.documents())
    documents[1]["data"]["schedules"]["nodes"][0]["temporarySchedules"] = []
    documents[1]["data"]["userOverrides"] = goalert.listed([])
    rotas = plan(imported(tmp_path, *documents)).rotas
    assert rotas["billing"].gaps_allowed is True


def test_gaps_of_the_whole_schedule_are_still_reported() -> None:
    """A temporary schedule with a gap, in which no rota has anybody on call."""
    assert plan(imported_file(FILE)).rotas["billing"].gaps_allowed is False


def test_a_next_page_that_is_missing_is_refused(tmp_path: Path) -> None:
    """GoAlert lists 50 at most; the rest would otherwise be silently missing."""
    documents = deepcopy(goalert.documents())
    documents[1]["data"]["users"]["pageInfo"]["hasNextPage"] = True
    with pytest.raises(ExportError, match="the list of users has more pages"):
        imported(tmp_path, *documents)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "yearly"}, "hourly, daily, weekly or monthly"),
        ({"activeUserIndex": 3}, r"rotations\.nodes\[0\]\.activeUserIndex: 0 to 2"),
        ({"nextHandoffTimes": ["soon"]}, r"nextHandoffTimes\[0\]: a time such as"),
        ({"timeZone": "Mars"}, "unknown time zone"),
    ],
)
def test_a_value_that_the_api_never_answers_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """The error has the path in the export and what belongs there."""
    documents = deepcopy(goalert.documents())
    documents[1]["data"]["rotations"]["nodes"][0].update(change)
    with pytest.raises(ExportError, match=message):
        imported(tmp_path, *documents)

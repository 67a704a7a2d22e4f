"""PagerDuty's exports: layers, restrictions, overrides, policies, people, and their traps."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.core.oncall.rota import on_call
from gateway.importers.oncall.read.json_value import ExportError
from gateway.importers.oncall.read.notes import NoteKind
from tests.importers.oncall.exports import pagerduty
from tests.importers.oncall.exports.make import FOLDER, export_text
from tests.importers.oncall.imports import compared, imported, imported_file, notes, plan
from tests.importers.oncall.reference.rendered import seconds

FILE = FOLDER / "pagerduty.json"


def test_the_committed_export_equals_the_independent_rule() -> None:
    """The rendering in the committed file is that of PagerDuty's rule, instant by instant."""
    assert FILE.read_text(encoding="utf-8") == export_text(pagerduty.documents())


def test_the_export_with_all_traps_has_the_same_people_on_call_for_eight_weeks() -> None:
    """Every instant of eight weeks across a change of the clocks has PagerDuty's person."""
    results = compared(imported_file(FILE))
    assert [one.rotas for one in results] == [("billing-primary",), ("billing-backup",)]
    for one in results:
        assert one.end - one.start == 8 * 7 * 86400
        assert (one.differences, one.reason) == ((), "")


def test_the_last_layer_of_the_list_is_the_lowest_one() -> None:
    """PagerDuty lists layers last first; routes.yaml has the top one last."""
    rota = plan(imported_file(FILE)).rotas["billing-primary"]
    names = [layer.name for layer in rota.layers]
    assert names == ["Base", "Nights", "Weekend", "Planned first turn", "Planned"]


def test_a_swapped_order_of_layers_is_found_by_the_comparison(tmp_path: Path) -> None:
    """The comparison names the stretches in which somebody else would be on call."""
    documents = deepcopy(pagerduty.documents())
    documents[1]["schedule"]["schedule_layers"].reverse()
    first = compared(imported(tmp_path, *documents))[0]
    assert first.differences
    assert {one.before for one in first.differences} != {one.after for one in first.differences}


def test_a_wall_clock_name_of_rails_becomes_an_iana_zone() -> None:
    """`Pacific Time (US & Canada)` and `Seoul` are names that PagerDuty may answer."""
    people = plan(imported_file(FILE)).people
    assert people["ben"].timezone == "America/Los_Angeles"
    assert people["cho"].timezone == "Asia/Seoul"


def test_an_unknown_time_zone_of_a_person_is_a_note(tmp_path: Path) -> None:
    """It changes only how times are shown to one person, so it does not end the import."""
    documents = deepcopy(pagerduty.documents())
    documents[4]["users"][0]["time_zone"] = "Middle Earth"
    written = imported(tmp_path, *documents)
    assert any("users[0].time_zone: unknown" in one for one in notes(written, NoteKind.LOST))
    assert plan(written).people["ana"].timezone == "UTC"


@pytest.mark.parametrize(
    ("strategy", "round_robin"),
    [
        ("round_robin", True),
        ("assign_to_everyone", False),
        ({"type": "round_robin"}, True),
        ([{"type": "round_robin"}], True),
        ([{"type": "assign_to_everyone"}], False),
        (None, False),
    ],
)
def test_round_robin_is_read_in_each_form(tmp_path: Path, strategy: Any, round_robin: bool) -> None:
    """The schema and its example differ, so a text, an object and a list are read."""
    documents = deepcopy(pagerduty.documents())
    rule = documents[3]["escalation_policies"][0]["escalation_rules"][1]
    rule["escalation_rule_assignment_strategy"] = strategy
    step = plan(imported(tmp_path, *documents)).escalations["billing"].steps[1]
    assert step.round_robin is round_robin


def test_an_unknown_time_zone_is_an_error_that_names_its_position(tmp_path: Path) -> None:
    """A schedule without a known clock cannot be translated."""
    documents = deepcopy(pagerduty.documents())
    documents[1]["schedule"]["time_zone"] = "Middle Earth"
    with pytest.raises(ExportError, match=r"document 2\.schedule\.time_zone: unknown time zone"):
        imported(tmp_path, *documents)


def test_an_escalation_policy_becomes_steps_with_waits_and_repeats() -> None:
    """Delays are waits after a rule, loops are repeats, round robin pages one of the targets."""
    escalation = plan(imported_file(FILE)).escalations["billing"]
    assert escalation.repeat == 2
    first, second = escalation.steps
    assert (first.notify, first.wait, first.round_robin) == (("rota:billing-primary",), 900, False)
    assert (second.notify, second.wait, second.round_robin) == (
        ("rota:billing-backup", "person:ana"),
        1200,
        True,
    )


def test_what_has_no_counterpart_is_named_with_its_path_and_what_to_do() -> None:
    """An ended layer, services, contacts by phone and a deactivated user are all listed."""
    written = imported_file(FILE)
    lost = "\n".join(notes(written, NoteKind.LOST))
    decide = "\n".join(notes(written, NoteKind.DECIDE))
    assert 'document 2.schedule.schedule_layers[3]: layer "Old" has ended' in lost
    assert "document 5.users[0].contact_methods" in lost
    assert "document 4.escalation_policies[0].services: services Billing API" in decide
    assert "Dee has no e-mail address" in decide


def test_a_v3_schedule_is_named_and_omitted(tmp_path: Path) -> None:
    """The new kind of schedule has events instead of layers, which are not guessed."""
    entry = {"id": "PV3", "type": "schedule_v3", "name": "New", "time_zone": "UTC"}
    written = imported(tmp_path, {"schedule": entry})
    assert "of the new kind (v3)" in notes(written, NoteKind.LOST)[0]
    assert not plan(written).rotas


def test_a_list_of_schedules_without_layers_says_what_to_export(tmp_path: Path) -> None:
    """`GET /schedules` has only names; the error says which address has the layers."""
    with pytest.raises(ExportError, match="export each schedule by its own address"):
        imported(tmp_path, {"schedules": [{"id": "P1", "type": "schedule", "name": "A"}]})


def test_a_list_beside_the_schedules_themselves_does_no_harm(tmp_path: Path) -> None:
    """People export both; the entries of the list have no layers."""
    documents = pagerduty.documents()
    rows = [{"id": key, "type": "schedule", "name": key} for key in ("PBILLING", "PBACKUP")]
    written = imported(tmp_path, {"schedules": rows, "more": False}, *documents)
    assert all(one.differences == () for one in compared(written))
    assert len(plan(written).rotas) == 2


def test_a_list_with_further_pages_is_refused(tmp_path: Path) -> None:
    """Half of the users would otherwise be silently missing."""
    documents = pagerduty.documents()
    documents[4] = {**documents[4], "more": True}
    with pytest.raises(ExportError, match="the list of users has more pages"):
        imported(tmp_path, *documents)
    imported(tmp_path, *documents, {"users": [], "more": False})


@pytest.mark.parametrize("turn", [1800, 0, 367 * 86400])
def test_a_turn_that_cannot_be_written_is_named(tmp_path: Path, turn: int) -> None:
    """Half an hour, nothing at all, and more than a year."""
    schedule = _schedule([pagerduty.layer("A", ["ana"], turn, "2026-01-05T08:00:00Z")])
    written = imported(tmp_path, {"schedule": schedule})
    assert f"a turn of {turn} s" in notes(written, NoteKind.LOST)[0]


def test_a_layer_without_seconds_of_its_own_is_moved_to_the_minute(tmp_path: Path) -> None:
    """Times in routes.yaml have minutes; what is moved is named."""
    schedule = _schedule([pagerduty.layer("A", ["ana", "ben"], 86400, "2026-01-05T08:00:20Z")])
    written = imported(tmp_path, {"schedule": schedule})
    assert "it is moved by 20 s" in notes(written, NoteKind.CHANGED)[0]


def test_without_a_window_the_rendering_bounds_the_comparison(tmp_path: Path) -> None:
    """The first and the last rendered entry say from when to when the schedule is known."""
    documents = pagerduty.documents()[1:2]
    only = compared(imported(tmp_path, *documents))[0]
    assert (only.start, only.differences) == (pagerduty.START, ())


def test_without_a_rendering_the_schedule_is_not_compared(tmp_path: Path) -> None:
    """It is said, because the import is then unproven."""
    schedule = _schedule([pagerduty.layer("A", ["ana"], 86400, "2026-01-05T08:00:00Z")])
    only = compared(imported(tmp_path, {"schedule": schedule}))[0]
    assert only.reason == "the export does not say who is on call when"


def test_a_restriction_of_the_whole_week_is_no_restriction(tmp_path: Path) -> None:
    """Seven days from Friday on are always; the layer is written without windows."""
    rules = (pagerduty.weekly(5, "17:00", 7 * 24),)
    layer = pagerduty.layer("A", ["ana"], 86400, "2026-01-05T08:00:00Z", restrictions=rules)
    rota = plan(imported(tmp_path, {"schedule": _schedule([layer])})).rotas["a"]
    assert on_call(rota, seconds("2026-10-06T03:00:00Z")) == ("ana",)
    assert "restrictions" not in imported(tmp_path, {"schedule": _schedule([layer])}).text


def _schedule(layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "P1", "type": "schedule", "name": "A", "time_zone": "Europe/Berlin",
            "schedule_layers": layers}  # fmt: skip

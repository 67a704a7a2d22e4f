"""`gateway import oncall`: the file, the report, the comparison, and what is refused."""

import json
from pathlib import Path

import pytest

from gateway.config.load import load
from tests.cli.console import gateway
from tests.importers.oncall.exports import pagerduty
from tests.importers.oncall.exports.make import FOLDER, export_text

PAGERDUTY = FOLDER / "pagerduty.json"
PLACEHOLDERS = {"POSTMARK_TOKEN": "test-postmark-token", "MAIL_FROM": "alerts@example.com"}


def test_standard_output_has_only_the_file_and_the_report_is_beside_it() -> None:
    """It can be redirected; the comparison and the notes go to standard error."""
    result = gateway("import", "oncall", str(PAGERDUTY))
    assert result.exit_code == 0
    assert set(load(result.stdout, env=PLACEHOLDERS).plan.rotas) == {
        "billing-primary",
        "billing-backup",
    }
    assert "PagerDuty: 2 schedules, 2 rotas, 4 people, 1 team, 1 escalation" in result.stderr
    assert 'the same as in PagerDuty: schedule "Billing primary"' in result.stderr
    assert 'schedule_layers[3]: layer "Old" has ended' in result.stderr


def test_the_written_file_passes_check_and_names_its_variables(tmp_path: Path) -> None:
    """`gateway check` accepts the file as soon as the listed variables are set."""
    output = tmp_path / "routes.yaml"
    result = gateway("import", "oncall", str(PAGERDUTY), "--output", str(output), "--check")
    assert result.exit_code == 0, result.stderr
    assert f"next: gateway check {output}" in result.stderr
    assert "POSTMARK_TOKEN" in gateway("check", str(output)).output
    checked = gateway("check", str(output), **PLACEHOLDERS)
    assert checked.exit_code == 0, checked.output
    assert "no errors" in checked.output


def test_a_difference_is_shown_as_people_feel_it_with_exit_status_1(tmp_path: Path) -> None:
    """The first lines say when, who is on call in the product, and who by the new file."""
    documents = pagerduty.documents()
    entries = documents[1]["schedule"]["final_schedule"]["rendered_schedule_entries"]
    entries[0]["user"] = pagerduty.user("dee")
    file, output = tmp_path / "export.json", tmp_path / "routes.yaml"
    file.write_text(export_text(documents), encoding="utf-8")
    result = gateway("import", "oncall", str(file), "--output", str(output))
    assert result.exit_code == 1
    assert 'different: schedule "Billing primary", PagerDuty → the new file:' in result.stderr
    assert "rota billing-primary: Mon 5 Oct, 02:00 CEST: Dee → Cho" in result.stderr
    assert output.exists()


def test_check_also_fails_where_nothing_could_be_compared(tmp_path: Path) -> None:
    """Without a rendering the import is unproven: --check makes that a failure."""
    documents = pagerduty.documents()
    del documents[2]["schedule"]["final_schedule"]
    file = tmp_path / "export.json"
    file.write_text(export_text(documents), encoding="utf-8")
    assert gateway("import", "oncall", str(file)).exit_code == 0
    result = gateway("import", "oncall", str(file), "--check")
    assert result.exit_code == 1
    assert 'not compared: schedule "Billing backup"' in result.stderr


def test_json_has_the_whole_report() -> None:
    """Programs get the file, the notes with their paths, and the comparison."""
    result = gateway("import", "oncall", str(PAGERDUTY), "--json")
    answer = json.loads(result.stdout)
    assert answer["ok"] is True
    assert answer["product"] == "PagerDuty"
    assert answer["counts"]["rotas"] == 2
    assert {"file", "path", "message"} == set(answer["not_translated"][0])
    assert [one["same"] for one in answer["check"]] == [True, True]
    assert "rotas:" in answer["routes_yaml"]


def test_a_fragment_is_appended_to_another_file(tmp_path: Path) -> None:
    """People, teams, rotas and escalations alone complete a file that has the rest."""
    result = gateway("import", "oncall", str(PAGERDUTY), "--fragment")
    assert result.exit_code == 0, result.stderr
    base = "receivers: [{name: all, escalate: billing}]\nroute: {receiver: all}\n"
    config = load(base + result.stdout, env={})
    assert set(config.plan.escalations) == {"billing"}
    assert "POSTMARK_TOKEN" not in result.stderr
    assert "escalations: receivers must name them" in result.stderr
    assert "people are notified by email: accounts must be under channels:" in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("route: {receiver: all}\n", "this is not JSON: Expecting value (line 1, column 1)"),
        ('{"alerts": []}', "an object with alerts is no answer of PagerDuty"),
        ("[1, 2]", "a list is no answer of PagerDuty"),
        ('{"error": {"message": "Unauthorized"}}', "an error that the API answered"),
        ('{"window": {"start": "2026-10-05", "end": "x"}}', "window.start: the time"),
        ('{"users": []}', "without a schedule and without an escalation"),
    ],
)
def test_what_is_no_export_is_refused_with_the_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    """A wrong file is named, with what is in it and what belongs there."""
    file = tmp_path / "export.json"
    file.write_text(text, encoding="utf-8")
    result = gateway("import", "oncall", str(file))
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stdout == ""


def test_an_existing_output_is_replaced_only_by_force(tmp_path: Path) -> None:
    """Nobody loses a routes.yaml to an import."""
    output = tmp_path / "routes.yaml"
    output.write_text("mine", encoding="utf-8")
    refused = gateway("import", "oncall", str(PAGERDUTY), "-o", str(output))
    assert refused.exit_code == 2
    assert output.read_text(encoding="utf-8") == "mine"
    assert gateway("import", "oncall", str(PAGERDUTY), "-o", str(output), "--force").exit_code == 0


def test_the_word_alertmanager_may_be_omitted() -> None:
    """`gateway import FILE` is the import of an alertmanager.yml, as before."""
    short = gateway("import", "/nowhere/alertmanager.yml")
    long = gateway("import", "alertmanager", "/nowhere/alertmanager.yml")
    assert (short.exit_code, short.stderr) == (long.exit_code, long.stderr) == (1, long.stderr)


@pytest.mark.parametrize(
    ("name", "summary", "status"),
    [
        ("opsgenie.json", "Opsgenie: 1 schedule, 3 rotas, 4 people, 1 team, 1 escalation", 0),
        ("goalert.json", "GoAlert: 2 schedules, 3 rotas, 4 people, 1 escalation", 0),
        # The schedule that a calendar decides cannot be compared.
        ("grafana.json", "Grafana OnCall: 3 schedules, 4 rotas, 4 people, 1 team, 1 escalation", 1),
    ],
)
def test_each_product_is_recognised_and_proven(
    name: str, summary: str, status: int, tmp_path: Path
) -> None:
    """Nobody names the product; its answers show it, and the written file passes `check`."""
    output = tmp_path / "routes.yaml"
    result = gateway("import", "oncall", str(FOLDER / name), "-o", str(output), "--check")
    assert result.exit_code == status, result.stderr
    assert summary in result.stderr
    assert "the same as in" in result.stderr
    assert "different:" not in result.stderr
    feed = {"BILLING_CALENDAR_ICAL_URL": "https://calendar.example.com/basic.ics"}
    checked = gateway("check", str(output), **PLACEHOLDERS, SLACK_TOKEN="test-slack", **feed)
    assert "no errors" in checked.output, checked.output

"""`gateway check`: all errors and warnings, with positions."""

import json
from pathlib import Path

import pytest

from tests.cli.console import NOW, fine, fine_json, gateway

FAULTY = """\
receivers:
  - name: everyone
    email: [{to: admin@example.com}]
channels:
  email: {provider: console, from: alerts@example.com}
route:
  reciever: everyone
  group_wait: soon
"""
WITH_GAP = """\
receivers: [{name: everyone}]
route: {receiver: everyone}
people: {ana: {name: Ana, email: ana@example.com}}
rotas:
  office:
    timezone: Europe/Berlin
    layers:
      - members: [ana]
        start: 2026-01-05
        restrictions: [{weekdays: [mon-fri], from: "09:00", to: "17:00"}]
"""


def test_valid_file_is_summarized() -> None:
    """Promise 6: check prints the contents of the file and who is on call now."""
    text = fine("check")
    assert "8 routes, 7 receivers, 2 sources, 4 people, 2 rotas" in text
    assert "on call for billing: Ben until Mon 23 Nov, 09:00 CET, then Ana" in text
    assert "no errors" in text


def test_paths_that_accept_alerts_are_listed(tmp_path: Path) -> None:
    """An admin sees which paths accept alerts, and that /api/v2/alerts accepts none."""
    file = tmp_path / "routes.yaml"
    rest = "receivers: [{name: nobody}]\nroute: {receiver: nobody}\n"
    file.write_text(f'sources: {{alertmanager: {{bearer: "${{TOKEN}}"}}}}\n{rest}')
    text = fine("check", str(file), TOKEN="test-token")
    assert (
        "alerts are accepted at /webhook/alertmanager; not at /api/v2/alerts, because no source "
        "has type: prometheus" in text
    )
    assert "warning" not in text
    summary = fine_json("check", str(file), TOKEN="test-token")["summary"]
    assert summary["intake"] == [{"path": "/webhook/alertmanager", "open": False}]
    file.write_text(rest)
    assert "/webhook/prometheus (open), /api/v2/alerts (open)" in fine("check", str(file))


def test_invalid_file_lists_all_errors_with_positions(tmp_path: Path) -> None:
    """Promise 6: every error is printed with its position and what to write instead."""
    file = tmp_path / "routes.yaml"
    file.write_text(FAULTY)
    result = gateway("check", str(file))
    assert result.exit_code == 1
    assert f"error: {file}:7:3: unknown key" in result.stdout
    assert 'did you mean "receiver"?' in result.stdout
    assert f"error: {file}:8:15:" in result.stdout
    assert "on call" not in result.stdout


def test_listening_beyond_loopback_without_a_token_is_a_warning() -> None:
    """check knows the settings too: which paths are closed, and which are open to everyone."""
    beyond = {
        "GATEWAY_LISTEN": "0.0.0.0:9095",
        "GATEWAY_EXTERNAL_URL": "https://alerts.example.com",
    }
    text = fine("check", **beyond)
    assert "warning: GATEWAY_LISTEN is beyond loopback (0.0.0.0) and GATEWAY_API_TOKEN is" in text
    count = len(fine_json("check", **beyond)["warnings"])
    assert f"no errors, {count + 1} warnings" in text
    assert len(fine_json("check", **beyond)["settings"]) == 1
    assert fine_json("check")["settings"] == []
    assert fine_json("check", **beyond, GATEWAY_API_TOKEN="test-token")["settings"] == []


def test_listening_beyond_loopback_without_an_external_url_is_an_error() -> None:
    """check fails like a start: links in messages would lead to 127.0.0.1."""
    beyond = {"GATEWAY_LISTEN": "0.0.0.0:9095", "GATEWAY_API_TOKEN": "test-token"}
    result = gateway("check", **beyond)
    assert result.exit_code == 1
    assert (
        "error: GATEWAY_LISTEN is beyond loopback (0.0.0.0) and GATEWAY_EXTERNAL" in result.stdout
    )
    assert json.loads(gateway("check", "--json", **beyond).stdout)["setting_errors"]
    local = {**beyond, "GATEWAY_EXTERNAL_URL": "http://127.0.0.1:9095"}
    assert "links in messages work on this machine only" in fine("check", **local)


def test_warnings_alone_exit_with_status_0(tmp_path: Path) -> None:
    """A file with warnings only is valid."""
    file = tmp_path / "routes.yaml"
    file.write_text("receivers: [{name: a}, {name: unused}]\nroute: {receiver: a}\n")
    text = fine("check", str(file))
    assert f'warning: {file}:1:31: receiver "unused" is used by no route' in text


def test_own_template_with_an_unknown_name_is_an_error(tmp_path: Path) -> None:
    """Promise 7: a template that would fail at night is reported before."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "subject.j2").write_text("first line\n{{ severty }}\n")
    result = gateway("check", "--templates", str(tmp_path))
    assert result.exit_code == 1
    assert f"error: {tmp_path}/email/subject.j2:2: 'severty' is undefined" in result.stdout
    answer = json.loads(gateway("check", "--templates", str(tmp_path), "--json").stdout)
    assert not answer["ok"]
    assert answer["templates"][0]["line"] == 2


def test_gaps_of_a_rota_are_summed_up(tmp_path: Path) -> None:
    """An admin sees when nobody is on call, and that nobody is now."""
    file = tmp_path / "routes.yaml"
    file.write_text(WITH_GAP)
    text = fine("check", str(file))
    assert "on call for office: nobody until 09:00 CET, then Ana" in text
    assert "nobody for 21 days 8 h of the next 4 weeks, first from 05:00 CET" in text
    gaps = fine_json("check", str(file))["summary"]["gaps"]
    assert gaps[0] == {
        "rota": "office",
        "from": "2026-11-20T04:00:00Z",
        "to": "2026-11-20T08:00:00Z",
    }


def test_next_time_of_each_report_is_printed(tmp_path: Path) -> None:
    """An admin sees on which clock a cron expression is due."""
    file = tmp_path / "routes.yaml"
    file.write_text(
        "reports: {weekly: {receiver: leads, timezone: Europe/Berlin}}\n"
        "channels: {email: {provider: console, from: alerts@example.com}}\n"
        "receivers: [{name: leads, email: [{to: admin@example.com}]}]\n"
        "route: {receiver: leads}\n"
    )
    text = fine("check", str(file))
    assert "1 report\n" in text
    assert "report weekly: next Mon 23 Nov, 08:00 CET, to leads" in text


def test_allowed_gaps_of_a_rota_are_named_as_such(tmp_path: Path) -> None:
    """The sum stays, and says that it is meant."""
    file = tmp_path / "routes.yaml"
    file.write_text(WITH_GAP.replace("    layers:", "    gaps: allowed\n    layers:"))
    text = fine("check", str(file))
    assert "first from 05:00 CET, as gaps: allowed says" in text
    assert "and an escalation pages it" not in text


def test_json_has_every_finding_and_the_summary() -> None:
    """Programs get every finding with its position, the counts and who is on call."""
    answer = fine_json("check", POSTMARK_TOKEN="test-postmark-token")
    assert answer["ok"]
    assert answer["errors"] == []
    assert answer["warnings"][0]["path"] == "sources.alertmanager"
    assert answer["summary"]["routes"] == 8
    assert answer["summary"]["on_call"][0]["on_call"] == [{"id": "ben", "name": "Ben"}]


def test_no_secret_is_printed() -> None:
    """Promise 10: secrets of the environment are never printed."""
    secret = "test-postmark-token-never-shown"
    for result in (
        gateway("check", POSTMARK_TOKEN=secret),
        gateway("check", "--json", POSTMARK_TOKEN=secret),
    ):
        assert secret not in result.output


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("check", "a.yaml", "--config", "b.yaml"), "name two files"),
        (("check", "--templates", "/nowhere/at/all"), "no such folder"),
        (("check", "--nonsense"), "No such option"),
    ],
)
def test_wrong_usage_exits_with_status_2(arguments: tuple[str, ...], text: str) -> None:
    """Exit status 2 means a wrong command, 1 an invalid file."""
    result = gateway(*arguments)
    assert result.exit_code == 2
    assert text in result.stderr


def test_missing_file_is_named() -> None:
    """A missing file is an error of the file, and the message names it."""
    result = gateway("check", "/nowhere/routes.yaml")
    assert result.exit_code == 1
    assert "/nowhere/routes.yaml" in result.stdout


def test_mistyped_setting_is_named() -> None:
    """GATEWAY_CONFG is refused by name."""
    result = gateway("check", GATEWAY_CONFG="x", now=NOW)
    assert result.exit_code == 2
    assert "did you mean GATEWAY_CONFIG" in result.stderr

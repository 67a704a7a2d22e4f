"""`gateway import`: the file on standard output or in --output, and the report beside it."""

import json
from pathlib import Path

import pytest

from gateway.config.load import load
from tests.cli.console import gateway
from tests.importers.alertmanager.texts import API, BILLING, WIDE

BAD = "route: {receiver: a, group_wait: soon}\nreceivers: [{name: b}]\n"
PLACEHOLDERS = {
    "SLACK_WEBHOOK_URL": "https://hooks.slack.example.com/services/test-hook",
    "PAGERDUTY_BILLING_PAGER_KEY": "test-pagerduty-key",
    "WEBHOOK_PLATFORM_URL": "https://tickets.example.com/hooks/test",
    "WEBHOOK_PLATFORM_TOKEN": "test-webhook-token",
}


def test_standard_output_has_only_the_translated_file() -> None:
    """It can be redirected, because the report goes to standard error."""
    result = gateway("import", str(API))
    assert result.exit_code == 0
    env = {
        "WEBHOOK_DEFAULT_URL": "https://x.example.com",
        "WEBHOOK_ONCALL_URL": "https://x.example.com",
    }
    env |= {"WEBHOOK_BILLING_URL": "https://x.example.com", "SMTP_PASSWORD": "test-password"}
    config = load(result.stdout, env=env)
    assert set(config.plan.receivers) == {"default", "oncall", "billing"}
    assert f"{API}: 3 routes, 3 receivers, 1 inhibit rule, 1 time interval" in result.stderr
    assert "translated: 3 webhook, 1 email" in result.stderr


def test_written_file_passes_check_with_the_listed_variables(tmp_path: Path) -> None:
    """`gateway check` accepts it, and names each variable that is not set."""
    output = tmp_path / "routes.yaml"
    text = WIDE.read_text().replace("/etc/alertmanager/hook-url", str(tmp_path / "hook-url"))
    (tmp_path / "hook-url").write_text("https://tickets.example.com/other\n")
    (tmp_path / "alertmanager.yml").write_text(text)
    result = gateway("import", str(tmp_path / "alertmanager.yml"), "--output", str(output))
    assert result.exit_code == 0
    assert result.stdout == ""
    for name in PLACEHOLDERS:
        assert f"  {name} " in result.stderr
        others = {key: value for key, value in PLACEHOLDERS.items() if key != name}
        without = gateway("check", str(output), **others)
        assert without.exit_code == 1
        assert f"the environment variable {name} is not set" in without.stdout
    checked = gateway("check", str(output), **PLACEHOLDERS)
    assert checked.exit_code == 0, checked.stdout


def test_existing_output_is_replaced_only_with_force(tmp_path: Path) -> None:
    """Exit status 2 and an unchanged file without --force."""
    output = tmp_path / "routes.yaml"
    output.write_text("mine\n")
    result = gateway("import", str(BILLING), "--output", str(output))
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert output.read_text() == "mine\n"
    assert gateway("import", str(BILLING), "--output", str(output), "--force").exit_code == 0
    assert "receiver: billing-critical" in output.read_text()
    assert [one.name for one in tmp_path.iterdir()] == ["routes.yaml"]


def test_check_reports_what_was_compared(tmp_path: Path) -> None:
    """The file is read back from the disk and compared."""
    output = tmp_path / "routes.yaml"
    result = gateway("import", str(WIDE), "--output", str(output), "--check")
    assert result.exit_code == 0
    assert "the same in both files: 5000 label sets through 6 routes; " in result.stderr
    assert "5000 instants in 3 time intervals" in result.stderr


def test_check_reports_what_it_could_not_compare(tmp_path: Path) -> None:
    """A route that nothing reaches, a pattern that nothing matches, an omitted rule."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(
        "route: {receiver: a, routes: [{match_re: {x: 'a$b'}}]}\nreceivers: [{name: a}]\n"
        "inhibit_rules: [{sources: [{matchers: [a=b]}, {matchers: [c=d]}]}]\n"
    )
    result = gateway("import", str(file), "--check")
    assert result.exit_code == 0
    assert "no label set ended in the routes of lines 1" in result.stderr
    assert "no value was found that matches x=~" in result.stderr
    assert "not compared: 1 inhibit rule that could not be kept" in result.stderr


def test_invalid_translation_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise 6: a bug of the import never writes an invalid file."""
    monkeypatch.setattr(
        "gateway.importers.alertmanager.write.write_receivers.escape_references", lambda text: ""
    )
    output = tmp_path / "routes.yaml"
    result = gateway("import", str(WIDE), "--output", str(output))
    assert result.exit_code == 1
    assert "a bug in `gateway import`" in result.stderr
    assert not output.exists()


def test_difference_exits_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that migrates can stop."""
    wrong = "gateway.importers.alertmanager.write.write_routing.escape_references"
    monkeypatch.setattr(wrong, lambda text: text.replace("20m", "21m"))
    result = gateway("import", str(WIDE), "--check")
    assert result.exit_code == 1
    assert "different: " in result.stderr
    assert "1260" in result.stderr
    assert not json.loads(gateway("import", str(WIDE), "--check", "--json").stdout)["ok"]


def test_lost_settings_are_reported_on_standard_error_and_in_the_file() -> None:
    """With file, line and column, and at the same position in the file."""
    result = gateway("import", str(WIDE))
    line = (
        WIDE.read_text()
        .splitlines()
        .index("    opsgenie_configs: [{responders: [{name: ops, type: team}]}]")
    )
    assert (
        f"  {WIDE}:{line + 1}:24: opsgenie_configs of receiver ops: its alerts could be opened"
        in result.stderr
    )
    assert f"# not translated (line {line + 1}): opsgenie_configs of receiver ops" in result.stdout


def test_repeated_note_is_printed_once_with_all_lines(tmp_path: Path) -> None:
    """A file with fifty Slack receivers does not hide other notes."""
    file = tmp_path / "alertmanager.yml"
    one = "  - {name: r%d, slack_configs: [{channel: '#a', color: good}]}\n"
    rest = "global: {slack_app_token: test-token}\nroute: {receiver: r0}\nreceivers:\n"
    file.write_text(rest + "".join(one % number for number in range(50)))
    result = gateway("import", str(file))
    assert result.stderr.count("color: the layout of messages is the gateway's own") == 1
    assert "(and in lines 5, 6, 7, " in result.stderr
    assert len(json.loads(gateway("import", str(file), "--json").stdout)["not_translated"]) == 50


def test_invalid_alertmanager_file_is_refused_with_all_errors(tmp_path: Path) -> None:
    """Promise 6: exit status 1, nothing written, every error with its position."""
    file, output = tmp_path / "alertmanager.yml", tmp_path / "routes.yaml"
    file.write_text(BAD)
    result = gateway("import", str(file), "--output", str(output))
    assert result.exit_code == 1
    assert f"error: {file}:1:34: group_wait: 'soon' is not a duration" in result.stderr
    assert f'error: {file}:1:19: receiver: unknown receiver "a"' in result.stderr
    assert not output.exists()
    answer = json.loads(gateway("import", str(file), "--json").stdout)
    assert not answer["ok"]
    assert [one["line"] for one in answer["errors"]] == [1, 1]


def test_json_has_the_whole_report() -> None:
    """The file, its parts with their lines, variables, repeats, and the comparison."""
    answer = json.loads(gateway("import", str(WIDE), "--json", "--check").stdout)
    assert answer["ok"]
    assert answer["routes_yaml"].startswith("# Made of wide.yml")
    assert answer["counts"] == {
        "routes": 6, "receivers": 5, "inhibit_rules": 2, "time_intervals": 3,
    }  # fmt: skip
    line = [one.strip() for one in WIDE.read_text().splitlines()].index("email_configs:") + 2
    assert {"line": line, "what": "email of receiver everyone"} in answer["translated"]
    assert {one["line"] for one in answer["not_translated"]} >= {6, 9, 10}
    assert all(one["column"] >= 1 for one in answer["not_translated"] + answer["differs"])
    assert [one["name"] for one in answer["variables"]] == list(PLACEHOLDERS)
    assert {one["in_alertmanager"] for one in answer["repeats"]} == {"4h5m", "21m"}
    assert answer["check"]["same"]
    assert answer["check"]["label_sets"] == 5000


def test_json_with_output_names_the_written_file(tmp_path: Path) -> None:
    """The file is written to disk, and the answer names it."""
    output = tmp_path / "routes.yaml"
    answer = json.loads(gateway("import", str(WIDE), "--json", "--output", str(output)).stdout)
    assert answer["output"] == str(output)
    assert "routes_yaml" not in answer
    assert output.read_text().startswith("# Made of wide.yml")


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("import", "alertmanager"), 2, "Missing argument 'FILE'"),
        (("import", "oncall"), 2, "Missing argument 'FILE...'"),
        (("import", "/nowhere/alertmanager.yml"), 1, "No such file"),
        (("import", str(BILLING), "--output", "/nowhere/routes.yaml"), 1, "cannot be written"),
        (("import", str(BILLING), "--nonsense"), 2, "No such option"),
    ],
)
def test_wrong_usage_and_unusable_files_are_refused(
    arguments: tuple[str, ...], status: int, text: str
) -> None:
    """A wrong command exits with 2, a file that cannot be read or written with 1."""
    result = gateway(*arguments)
    assert result.exit_code == status
    assert text in result.stderr


def test_import_needs_no_setting() -> None:
    """It is the first command that a newcomer runs."""
    assert gateway("import", str(BILLING), GATEWAY_CONFIG="/nowhere/routes.yaml").exit_code == 0


def test_output_has_a_short_option(tmp_path: Path) -> None:
    """-o writes the same file as --output."""
    long, short = tmp_path / "long.yaml", tmp_path / "short.yaml"
    for option, output in (("--output", long), ("-o", short)):
        result = gateway("import", str(BILLING), option, str(output))
        assert result.exit_code == 0, result.output
        assert result.stdout == ""
    assert short.read_text() == long.read_text()
    refused = gateway("import", str(BILLING), "-o", str(short))
    assert refused.exit_code == 2
    assert "--force replaces it" in refused.stderr

"""`gateway source`: the list, and a body that is tried without being posted."""

from pathlib import Path

import pytest

from tests.cli.console import fine, fine_json, gateway

BODIES = Path(__file__).parents[1] / "fixtures" / "ingest"
ROUTES = """\
sources:
  backups:
    type: json
    url_token: test-token
    mapping:
      labels: {alertname: BackupFailed, host: "{{ job['host name'] }}"}
      annotations: {summary: "{{ message }}"}
      status: {value: "{{ state }}", firing: failed, resolved: ok}
      identity: "{{ job.id }}"
  sentry: {type: sentry, hmac: test-secret, bearer: test-token, labels: {team: billing}}
  alertmanager: {}
receivers: [{name: everyone}, {name: db}]
route: {receiver: everyone, routes: [{matchers: ['host="db-1"'], receiver: db}]}
"""


@pytest.fixture
def routes(tmp_path: Path) -> str:
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES)
    return str(file)


def test_list_has_each_source_with_its_path_and_credentials(routes: str) -> None:
    """An admin sees who may post, and how; no secret is printed."""
    text = fine("source", "list", "--config", routes)
    assert "backups" in text
    assert "/webhook/backups" in text
    assert "test-" not in text
    listed = fine_json("source", "list", "--config", routes)["sources"]
    assert [(one["name"], one["credentials"]) for one in listed] == [
        ("backups", ["url_token"]),
        ("sentry", ["bearer", "hmac"]),
        ("alertmanager", ["open"]),
    ]


def test_tried_body_is_shown_as_alerts_with_their_receivers(routes: str) -> None:
    """What would be stored, whom it would go to, and what would end."""
    body = str(BODIES / "json" / "backup_failed.json")
    text = fine("source", "try", "backups", body, "--config", routes)
    assert text.splitlines() == [
        "source backups (json): 1 alert",
        'firing  {alert_id="71", alertname="BackupFailed", host="db-1"}',
        "  summary: pg_dump: could not connect",
        "  receivers: db",
        'ends every firing alert with alert_id="71" that is not listed above',
    ]
    answer = fine_json("source", "try", "backups", body, "--config", routes)
    assert answer["alerts"][0]["receivers"] == ["db"]
    assert answer["ends"] == [{"alert_id": "71"}]


def test_header_of_the_sender_decides_and_labels_of_the_source_are_added(routes: str) -> None:
    """A body is tried as it would be posted: with headers, and with the labels of its source."""
    body = str(BODIES / "sentry" / "issue_created.json")
    answer = fine_json("source", "try", "sentry", body, "--config", routes)
    assert answer["alerts"][0]["labels"]["team"] == "billing"
    header = "Sentry-Hook-Resource:comment"
    other = fine_json("source", "try", "sentry", body, "--header", header, "--config", routes)
    assert (other["alerts"], other["note"]) == ([], "nothing to do for comment")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("no json", "refuses the body: the body is not JSON"),
        ('{"state": "lost", "job": {"id": 1}}', "refused: alert 0: status: lost"),
    ],
)
def test_refused_body_is_exit_status_1_with_the_reason(
    tmp_path: Path, routes: str, content: str, text: str
) -> None:
    """A mapping can be tested in a script."""
    body = tmp_path / "body.json"
    body.write_text(content)
    result = gateway("source", "try", "backups", str(body), "--config", routes)
    assert result.exit_code == 1
    assert text in result.stdout


def test_unknown_source_suggests_the_nearest(routes: str) -> None:
    """A slip in the name is answered with the name that was meant."""
    result = gateway("source", "try", "backup", str(BODIES), "--config", routes)
    assert result.exit_code != 0
    body = str(BODIES / "json" / "backup_ok.json")
    result = gateway("source", "try", "backup", body, "--config", routes)
    assert result.exit_code == 1
    assert "did you mean backups?" in result.stderr


def test_malformed_header_is_wrong_usage(routes: str) -> None:
    """A header without a colon is not guessed."""
    body = str(BODIES / "json" / "backup_ok.json")
    result = gateway("source", "try", "backups", body, "--header", "x", "--config", routes)
    assert result.exit_code == 2

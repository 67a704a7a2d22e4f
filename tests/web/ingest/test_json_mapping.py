"""Bodies of any sender, by the mapping of their source in routes.yaml."""

import json
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import SourceSettings
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.ingest.sources.parsed import BodyError, Parsed, Related
from tests.config.texts import REST, loaded
from tests.web.conftest import Client
from tests.web.parsing import parse_post
from tests.web.world import NOW, FakeEngine

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "json"
BACKUPS = """
    labels:
      alertname: BackupFailed
      job: "{{ job.name }}"
      host: "{{ job['host name'] | lower }}"
      severity: {value: "{{ priority }}", map: {p1: critical}, default: warning}
    annotations: {summary: "{{ message or job.name }}"}
    url: "{{ link }}"
    status: {value: "{{ state }}", firing: [failed], resolved: [ok], ignored: [running]}
    starts_at: "{{ started }}"
    ends_at: "{{ ended }}"
"""


def source(mapping: str) -> SourceSettings:
    """Return a source of type json with this mapping, whose lines may have any indentation."""
    lines = indent(dedent(mapping).strip("\n"), " " * 6)
    head = "sources:\n  jobs:\n    type: json\n    bearer: test-token\n    mapping:\n"
    return loaded(f"{head}{lines}\n{REST}").sources["jobs"]


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def parse(content: Any, mapping: str = BACKUPS, **headers: str) -> Parsed:
    return parse_post(source(mapping), content, headers=headers)


def only(content: Any, mapping: str = BACKUPS) -> ReportedAlert:
    parsed = parse(content, mapping)
    assert parsed.bad == []
    (alert,) = parsed.alerts
    return alert


def test_mapping_makes_an_alert_of_a_body() -> None:
    """Labels, annotations, link and start are where the mapping leads."""
    alert = only(body("backup_failed"))
    assert alert.labels == {
        "alertname": "BackupFailed",
        "job": "nightly dump",
        "host": "db-1",
        "severity": "critical",
    }
    assert alert.annotations == {"summary": "pg_dump: could not connect"}
    assert alert.generator_url == "https://backups.example.com/jobs/71"
    assert (alert.starts_at, alert.ends_at) == (1794999900.0, None)


def test_resolved_status_ends_the_alert_of_the_same_labels() -> None:
    """The end is the sender's, and labels that differ make another alert."""
    mapping = BACKUPS.replace("severity: {", "kind: {").replace("priority", "job.id")
    firing, resolved = only(body("backup_failed"), mapping), only(body("backup_ok"), mapping)
    assert identity(firing.labels) == identity(resolved.labels)
    assert resolved.ends_at == parse_rfc3339("2026-11-18T11:06:20Z")
    assert identity(only(body("backup_failed")).labels) != identity(only(body("backup_ok")).labels)


def test_identity_ends_alerts_although_their_labels_differ() -> None:
    """What a sender calls the alert becomes a label, and ends all alerts that have it."""
    mapping = BACKUPS + '    identity: "{{ job.id }}"\n'
    related = [Related("alert_id", "71", end=True)]
    firing = parse(body("backup_failed"), mapping)
    assert firing.related == related
    assert firing.alerts[0].labels["alert_id"] == "71"
    resolved = parse(body("backup_ok"), mapping)
    assert (resolved.alerts, resolved.related) == ([], related)


@pytest.mark.parametrize(
    ("state", "alerts", "bad"), [("FAILED", 1, 0), ("running", 0, 0), ("lost", 0, 1), (None, 0, 1)]
)
def test_unknown_status_is_refused_where_firing_is_listed(
    state: Any, alerts: int, bad: int
) -> None:
    """A status that the mapping does not know is refused, so that an admin can see it."""
    parsed = parse(body("backup_failed") | {"state": state})
    assert (len(parsed.alerts), len(parsed.bad)) == (alerts, bad)


def test_any_other_status_fires_where_only_resolved_is_listed() -> None:
    """Without a list of firing values every other one fires."""
    mapping = BACKUPS.replace("firing: [failed], ", "")
    assert only(body("backup_failed") | {"state": "lost"}, mapping).ends_at is None


def test_list_of_alerts_is_parsed_and_a_bad_one_is_named() -> None:
    """Each alert of a list is mapped by itself; paths that begin at `$` lead into the body."""
    mapping = """
      alerts: $.jobs
      labels: {alertname: "{{ name }}", cluster: "{{ $.cluster }}"}
      status: {value: "{{ state }}", resolved: ok}
    """
    content = {"cluster": "eu", "jobs": [{"name": "A"}, {}, "text", {"name": "B", "state": "ok"}]}
    parsed = parse(content, mapping)
    assert [alert.labels for alert in parsed.alerts] == [
        {"alertname": "A", "cluster": "eu"},
        {"alertname": "B", "cluster": "eu"},
    ]
    assert [alert.ends_at for alert in parsed.alerts] == [None, NOW]
    assert [(bad.index, bad.field) for bad in parsed.bad] == [(1, "labels.alertname"), (2, "")]


def test_condition_selects_alerts_by_values_and_headers() -> None:
    """What does not meet the conditions is accepted and ignored."""
    mapping = """
      when: {kind: [Backup, restore], "@X-Event": job}
      labels: {alertname: A}
      status: {value: "{{ state }}", resolved: ok}
    """
    assert len(parse({"kind": "BACKUP"}, mapping, **{"X-Event": "job"}).alerts) == 1
    for content, headers in (({"kind": "x"}, {"X-Event": "job"}), ({"kind": "backup"}, {})):
        parsed = parse(content, mapping, **headers)
        assert (parsed.alerts, parsed.bad) == ([], [])
        assert parsed.note == "a condition of when: does not hold"


@pytest.mark.parametrize(
    ("started", "starts_at"),
    [
        (1794999900, 1794999900.0),
        (1794999900123, 1794999900.123),
        ("1794999900.5", 1794999900.5),
        ("2026-11-18T11:05:00Z", 1794999900.0),
        ("2026-11-18T11:05:00", 1794999900.0),
        ("2099-01-01T00:00:00Z", None),
        (None, None),
        ("", None),
    ],
)
def test_time_is_parsed_in_each_usual_form(started: Any, starts_at: float | None) -> None:
    """Seconds, milliseconds and texts; a start in the future is the receipt."""
    assert only(body("backup_failed") | {"started": started}).starts_at == starts_at


@pytest.mark.parametrize("started", ["soon", "9" * 400, True, -5])
def test_malformed_time_is_named(started: Any) -> None:
    """A start that is no time is a fault of the alert."""
    parsed = parse(body("backup_failed") | {"started": started})
    assert [bad.field for bad in parsed.bad] == ["starts_at"]


def test_refused_alert_ends_no_other() -> None:
    """A post whose alert is refused changes nothing, not even the alerts of the same identity."""
    mapping = BACKUPS + '    identity: "{{ job.id }}"\n'
    parsed = parse(body("backup_failed") | {"started": "soon"}, mapping)
    assert (parsed.alerts, parsed.related, len(parsed.bad)) == ([], [], 1)
    missing = parse(body("backup_failed") | {"job": {}}, mapping)
    assert [bad.field for bad in missing.bad] == ["identity"]


@pytest.mark.parametrize("content", [{"jobs": {}}, {}, [], {"jobs": None}])
def test_missing_list_is_422(content: Any) -> None:
    """The path to the list must lead to one."""
    with pytest.raises(BodyError) as refused:
        parse(content, "      alerts: $.jobs\n      labels: {alertname: A}\n")
    assert refused.value.status == 422


def test_too_many_alerts_are_413() -> None:
    """A body of countless small alerts is refused before any is mapped."""
    with pytest.raises(BodyError) as refused:
        parse({"jobs": [{}] * 1001}, "      alerts: $.jobs\n      labels: {alertname: A}\n")
    assert refused.value.status == 413


def test_hostile_values_are_bounded_and_repaired() -> None:
    """Long, foreign and deep values are cut, replaced or left out."""
    content = body("backup_failed")
    content |= {"message": "\x00\ud800" + "x" * 100_000, "link": "javascript:alert(1)"}
    content["job"]["name"] = {"deep": [[[]]]}
    parsed = parse(content)
    assert "job" not in parsed.alerts[0].labels
    assert len(parsed.alerts[0].annotations["summary"]) <= 64 * 1024
    assert {repair.field for repair in parsed.repaired} == {"annotations.summary"}


async def test_large_body_is_parsed_off_the_event_loop(client: Client, engine: FakeEngine) -> None:
    """A body over 64 KiB takes the same way and gets the same answer."""
    engine.sources["jobs"] = source(BACKUPS)
    content = body("backup_failed") | {"filler": "x" * 100_000}
    headers = {"Authorization": "Bearer test-token"}
    answer = await client.post("/webhook/jobs", json=content, headers=headers)
    assert (answer.status, await answer.json()) == (200, {"accepted": 1})

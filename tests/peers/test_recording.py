"""`gateway record` of the real Prometheus and the real Alertmanager."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.core.recorded.history import RecordedAlert
from gateway.core.time.timestamps import format_rfc3339
from gateway.simulate.entries import read_lines
from gateway.simulate.recording import Recording
from tests.cli.console import SHIPPED, fine_json, gateway
from tests.endtoend.monitoring import Alertmanager, Exporter, Prometheus, posting_to
from tests.processes.harness import ended_after, request, wait_for
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

ALERT = "BillingDatabaseDown"


def names(alertmanager: Alertmanager) -> set[str]:
    return {one["labels"]["alertname"] for one in alertmanager.get("/api/v2/alerts")}


def recorded(file: Path, *options: str) -> Recording:
    result = gateway("record", "-o", str(file), *options, now=time.time())
    assert result.exit_code == 0, result.output
    return read_lines(file.read_text().splitlines(), str(file))


def tripped(recording: Recording) -> list[RecordedAlert]:
    return [one for one in recording.alerts if one.labels["alertname"] == ALERT]


def silence(alertmanager: Alertmanager) -> None:
    body: dict[str, Any] = {
        "matchers": [{"name": "team", "value": "plat.*", "isRegex": True, "isEqual": False}],
        "startsAt": format_rfc3339(time.time()),
        "endsAt": format_rfc3339(time.time() + 600),
        "createdBy": "ana",
        "comment": "release",
    }
    status, _, answer = request(
        f"{alertmanager.url}/api/v2/silences",
        "POST",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    assert status == 200, answer


def test_both_record_the_alerts_that_fire(tmp_path: Path) -> None:
    """The same alerts from either; the Alertmanager's silence too, and both can be played."""
    real_program("prometheus")
    alertmanager = Alertmanager(tmp_path, posting_to("http://127.0.0.1:9/", "test-token"))
    exporter = Exporter(tmp_path)
    with ended_after(alertmanager), ended_after(exporter):
        alertmanager.wait()
        exporter.wait()
        prometheus = Prometheus(tmp_path, exporter.url, alertmanager.url)
        with ended_after(prometheus):
            prometheus.wait()
            exporter.trip(ALERT)
            wait_for("the alert fires", lambda: prometheus.alerts().get(ALERT) == "firing")
            wait_for("Alertmanager has it", lambda: ALERT in names(alertmanager))
            silence(alertmanager)
            shown = recorded(tmp_path / "am.jsonl", "--alertmanager", alertmanager.url)
            series = recorded(
                tmp_path / "prom.jsonl", "--prometheus", prometheus.url, "--last", "2m"
            )
    (in_alertmanager,), (in_prometheus,) = tripped(shown), tripped(series)
    assert in_alertmanager.labels == in_prometheus.labels
    assert in_alertmanager.ends_at is in_prometheus.ends_at is None
    (made,) = shown.silences
    assert [str(one) for one in made.matchers] == ['team!~"plat.*"']
    for name in ("am.jsonl", "prom.jsonl"):
        played = fine_json("simulate", str(SHIPPED), "--recording", str(tmp_path / name))
        assert played["episodes"] >= 1
        assert played["total"]["messages"]["before"] >= 1

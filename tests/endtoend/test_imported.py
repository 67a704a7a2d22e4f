"""A real Alertmanager, and a gateway with its imported file, compared side by side."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.console import fine_json
from tests.endtoend.monitoring import Alertmanager
from tests.importers.alertmanager.texts import BILLING
from tests.processes.gateway import Gateway
from tests.processes.harness import ended_after, request, wait_for
from tests.processes.vendors import Vendors
from tests.shared_data import real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]

ALERTS = (
    {"alertname": "Watchdog"},
    {"alertname": "DoubleCharge", "severity": "critical", "team": "billing", "customer": "1"},
    {"alertname": "DoubleCharge", "severity": "critical", "team": "billing", "customer": "2"},
    {"alertname": "DoubleCharge", "severity": "critical", "team": "ledger"},
    {"alertname": "RenewalSlow", "severity": "warning", "team": "billing"},
    {"alertname": "CreditOdd", "severity": "info"},
    {"alertname": "DiskFull", "severity": "page"},
    {"alertname": "Noise", "severity": "critical", "team": "quiet"},
)
"""Every route of the file, groups of one and of two, and one that is silenced."""

Notifications = set[tuple[str, str, str, str]]
"""By receiver: the group, its state, and the labels of its alerts."""


class Both:
    """The two programs, with one receiver for the webhooks of both."""

    def __init__(self, home: Path, ends: ExitStack) -> None:
        self.vendors = Vendors(home)
        ends.enter_context(ended_after(self.vendors))
        self.vendors.ready()
        config = yaml.safe_load(BILLING.read_text())
        for route in (config["route"], *config["route"]["routes"]):
            if "group_wait" in route or route is config["route"]:
                route["group_wait"] = "1s"
        config["route"]["group_interval"] = "2s"
        for receiver in config["receivers"]:
            (webhook,) = receiver["webhook_configs"]
            webhook["url"] = f"{self.vendors.urls['webhook']}/there/{receiver['name']}"
        self.there = Alertmanager(home, config)
        ends.enter_context(ended_after(self.there))
        answer = fine_json("import", str(self.there.file), "--check")
        assert answer["check"]["same"]
        urls = {}
        for one in answer["variables"]:
            receiver = one["meaning"].rpartition(" ")[2]
            urls[one["name"]] = f"{self.vendors.urls['webhook']}/here/{receiver}"
        self.here = Gateway(home / "here", answer["routes_yaml"], self.vendors, **urls)
        ends.enter_context(ended_after(self.here))
        self.here.start()
        self.there.wait()

    def post(self, begun: float, ended: float | None = None) -> None:
        """Post all alerts to both, as Prometheus does; times are unix seconds."""
        times = {"startsAt": format_rfc3339(begun)}
        if ended is not None:
            times["endsAt"] = format_rfc3339(ended)
        body = json.dumps([{"labels": labels, **times} for labels in ALERTS]).encode()
        for url in (self.there.url, self.here.url):
            head = {"Content-Type": "application/json"}
            status, _, answer = request(f"{url}/api/v2/alerts", "POST", body, head)
            assert status == 200, answer

    def notifications(self, which: str) -> Notifications:
        """Return the notifications of one of them, without their order."""
        received: Notifications = set()
        for one in self.vendors.accepted("webhook"):
            _, program, receiver = one["path"].split("/")
            if program == which:
                received.add(_summary(receiver, one["json"]))
        return received

    def agree(self) -> None:
        """Wait until both have sent the same; if they never do, raise with the differences."""
        try:
            wait_for(
                "both have sent the same",
                lambda: self.notifications("here") == self.notifications("there"),
            )
        except AssertionError:
            assert sorted(self.notifications("here")) == sorted(self.notifications("there"))

    def amtool(self, program: Any, *words: str, stdin: str = "") -> str:
        """Return the output of amtool with one of them."""
        command = [real_program("amtool"), f"--alertmanager.url={program.url}", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, input=stdin)
        return done.stdout


def _summary(receiver: str, body: Mapping[str, Any]) -> tuple[str, str, str, str]:
    alerts = sorted(json.dumps(one["labels"], sort_keys=True) for one in body["alerts"])
    group = json.dumps(body["groupLabels"], sort_keys=True)
    return receiver, group, body["status"], "\n".join(alerts)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """Yield both programs, running."""
    real_program("prometheus-alertmanager")
    with ExitStack() as ends:
        yield Both(tmp_path, ends)


def test_an_imported_file_notifies_the_same_receivers(both: Both) -> None:
    """Side by side with copied silences (docs/from-alertmanager.md), both send the same."""
    both.amtool(both.there, "silence", "add", "team=quiet", "--comment=test", "--author=ana")
    silences = both.amtool(both.there, "silence", "query", "-o", "json")
    both.amtool(both.here, "silence", "import", stdin=silences)
    begun = time.time()
    both.post(begun)
    wait_for(
        "Alertmanager has notified of six groups", lambda: len(both.notifications("there")) == 6
    )
    both.agree()
    receivers = {one[0] for one in both.notifications("here")}
    assert receivers == {
        "watchdog", "default", "billing-critical", "billing-warning", "billing-info",
    }  # fmt: skip

    both.post(begun, time.time())
    # The watchdog's receiver gets no resolved notifications.
    wait_for(
        "Alertmanager has notified of five ends", lambda: len(both.notifications("there")) == 11
    )
    both.agree()

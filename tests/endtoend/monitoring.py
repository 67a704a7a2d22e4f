"""The monitoring in front of the gateway: an exporter, the real Prometheus, the real Alertmanager.

All of them listen on free ports of 127.0.0.1 and store their data in a folder of their own.
"""

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.endtoend.shortened import WINDOW, copy_rules
from tests.processes.harness import CHECKOUT, Process, request, wait_for

RULES = CHECKOUT / "tests/fixtures/prometheus"
RESEND_DELAY = 2
"""Seconds after which Prometheus sends a firing alert again (by default a minute). The
end that it posts each time is four of these away (`rules/manager.go`, function SendAlerts)."""

_EACH_SECOND = ("scrape_interval", "scrape_timeout", "evaluation_interval")


def free_port() -> int:
    """Return a port that no process listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """Return the path of a real program. Raises FileNotFoundError."""
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(name)
    return path


class Program:
    """A monitoring server as a process."""

    url: str
    process: Process

    def ready(self, path: str) -> None:
        """Wait until it answers 200 at this path."""
        wait_for(f"{self.url}{path} answers", lambda: self._answers(path))

    def get(self, path: str) -> Any:
        """GET and parse JSON. Raises OSError without an answer."""
        status, _, body = request(self.url + path)
        if status != 200:
            raise OSError(f"{path} was answered {status}: {body[:200]!r}")
        return json.loads(body)

    def stop(self) -> None:
        """End it with SIGTERM, or kill it."""
        if self.process.running:
            self.process.send(signal.SIGTERM)
            try:
                self.process.ended(5.0)
            except TimeoutError:
                self.process.kill()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def _answers(self, path: str) -> bool:
        if not self.process.running:
            raise OSError(f"it exited:\n{self.process.output_text()[-2000:]}")
        try:
            return request(self.url + path)[0] == 200
        except OSError:
            return False


class Exporter(Program):
    """The exporter of a fake billing service: alerts can be tripped and healed."""

    def __init__(self, home: Path) -> None:
        port_file = home / "exporter.json"
        command = [sys.executable, "-m", "tests.endtoend.exporter", "--port-file", str(port_file)]
        self.process = Process(command, os.environ, home / "exporter.out")
        self._port_file = port_file

    def wait(self) -> None:
        """Wait until it can be scraped."""
        wait_for("the exporter listens", self._port_file.exists)
        self.url = json.loads(self._port_file.read_text())["url"]
        self.ready("/metrics")

    def trip(self, *alerts: str) -> None:
        """Start the causes of these alerts."""
        for alert in alerts:
            self._post(f"/trip/{alert}")

    def heal(self, *alerts: str) -> None:
        """End the causes of these alerts."""
        for alert in alerts:
            self._post(f"/heal/{alert}")

    def _post(self, path: str) -> None:
        status, _, body = request(self.url + path, "POST", b"")
        if status != 200:
            raise ValueError(body.decode())


class Prometheus(Program):
    """The real one: scrapes and evaluates each second, and posts alerts to `alertmanager`."""

    def __init__(
        self, home: Path, exporter: str, alertmanager: str, bearer: str = "", window: int = WINDOW
    ) -> None:
        folder = home / "prometheus"
        folder.mkdir(parents=True)
        copy_rules(RULES, folder / "rules", window)
        scheme, _, address = alertmanager.partition("://")
        target: dict[str, Any] = {
            "scheme": scheme,
            "api_version": "v2",
            "static_configs": [{"targets": [address]}],
        }
        if bearer:
            target["authorization"] = {"type": "Bearer", "credentials": bearer}
        job = {"job_name": "billing", "static_configs": [{"targets": [exporter.split("//")[1]]}]}
        config = {
            "global": {
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
                "evaluation_interval": "1s",
            },
            "rule_files": [str(folder / "rules" / "*.rules.yml")],
            "scrape_configs": [job],
            "alerting": {"alertmanagers": [target]},
        }
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(config, sort_keys=False))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = _start(
            home / "prometheus.out",
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.external-url={self.url}",  # links to graphs, in messages, begin with it
            f"--rules.alert.resend-delay={RESEND_DELAY}s",
        )

    def wait(self) -> None:
        """Wait until it is ready and has scraped the exporter."""
        self.ready("/-/ready")
        wait_for("Prometheus scrapes", lambda: self.value("up") == 1)

    def value(self, query: str) -> float | None:
        """Return the first value of a query, None for an empty result."""
        path = self.get(f"/api/v1/query?query={query}")["data"]["result"]
        return float(path[0]["value"][1]) if path else None

    def alerts(self) -> dict[str, str]:
        """Return the state of each alert by name: pending or firing."""
        path = self.get("/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["state"] for alert in path}


def posting_to(webhook: str, bearer: str) -> dict[str, Any]:
    """Return the configuration of an Alertmanager that repeats every two seconds."""
    return {
        "route": {
            "receiver": "gateway",
            "group_by": ["alertname", "team"],
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "2s",
        },
        "receivers": [
            {
                "name": "gateway",
                "webhook_configs": [
                    {
                        "url": webhook,
                        "send_resolved": True,
                        "http_config": {"authorization": {"type": "Bearer", "credentials": bearer}},
                    }
                ],
            }
        ],
    }


class Alertmanager(Program):
    """The real one, with `config` as its alertmanager.yml."""

    def __init__(self, home: Path, config: Mapping[str, Any], prefix: str = "") -> None:
        folder = home / "alertmanager"
        folder.mkdir(parents=True)
        file = folder / "alertmanager.yml"
        file.write_text(yaml.safe_dump(dict(config), sort_keys=False))
        self.file = file
        port = free_port()
        self.url = f"http://127.0.0.1:{port}{prefix}"
        self.process = _start(
            home / "alertmanager.out",
            "prometheus-alertmanager",
            f"--config.file={file}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.external-url={self.url}",  # its path is the route prefix as well
            "--cluster.listen-address=",  # without a cluster: it needs no network address
        )

    def wait(self) -> None:
        """Wait until it accepts alerts."""
        self.ready("/-/ready")

    def posted(self) -> int:
        """Return how many webhooks it has sent."""
        return self._counted("alertmanager_notifications_total")

    def failed(self) -> int:
        """Return how many of them it counts as failed."""
        return self._counted("alertmanager_notifications_failed_total")

    def _counted(self, metric: str) -> int:
        _, _, body = request(f"{self.url}/metrics")
        lines = [line for line in body.decode().splitlines() if line.startswith(metric + "{")]
        return sum(
            int(float(line.split()[-1])) for line in lines if 'integration="webhook"' in line
        )


def _start(output: Path, name: str, *arguments: str) -> Process:
    command: Sequence[str] = [program(name), *arguments]
    return Process(command, os.environ, output)

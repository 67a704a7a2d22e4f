"""Real processes to try the promises on: gateways, and fake vendors on real ports.

Everything here waits by looking again until a deadline, never by sleeping for a guessed time.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.processes.routes import ENV

Found = TypeVar("Found")

PATIENCE = 20.0
"""Seconds after which something that should have happened counts as missing. Machines are slow."""

LEASE = 2
"""Seconds that a claim holds in these tests."""

CHECKOUT = Path(__file__).parents[2]


def wait_for(what: str, look: Callable[[], Found], patience: float = PATIENCE) -> Found:
    """Look until there is something true to see; return it."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"in vain for {patience:g} s: {what}"
        time.sleep(0.02)


def request(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> tuple[int, dict[str, str], bytes]:
    """One HTTP request on a connection of its own: status, headers, body. Raises OSError."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


class Process:
    """A program that is ended whatever happens, by its own process id."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], output: Path) -> None:
        self.output = output
        self._begins = output.stat().st_size if output.exists() else 0
        with output.open("ab") as file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=CHECKOUT,
                env=dict(env),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        """What it wrote since it was started."""
        with self.output.open("rb") as file:
            file.seek(self._begins)
            return file.read().decode("utf-8", "replace")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for its end; return its exit status."""
        return self._process.wait(patience)

    def kill(self) -> None:
        """kill -9, and gone when this returns."""
        self._process.kill()
        self._process.wait()


class Vendors:
    """The fake vendors, one process for all."""

    def __init__(self, home: Path) -> None:
        self._log, self._ports = home / "accepted.jsonl", home / "ports.json"
        self._output = home / "vendors.out"
        self._command = [sys.executable, "-m", "tests.fakes"]
        self._command += ["--port-file", str(self._ports), "--log", str(self._log)]
        self.process = Process(self._command, os.environ, self._output)
        self.urls: dict[str, str] = {}

    def ready(self) -> None:
        """Wait until all of them listen."""
        wait_for("the vendors listen", lambda: self._ports.exists() or not self.process.running)
        assert self.process.running, self.process.said()
        self.urls = json.loads(self._ports.read_text())

    def restart(self) -> None:
        """After a kill: the same vendors on the same ports. They remember nothing but the log."""
        self._ports.unlink()
        ports = [f"--{name}-port={urlsplit(url).port}" for name, url in self.urls.items()]
        self.process = Process([*self._command, *ports], os.environ, self._output)
        self.ready()

    def behave(self, vendor: str, *script: Mapping[str, Any], **default: Any) -> None:
        """Misbehave: `script` for the next requests, one each; `default` for all after them."""
        asked: dict[str, Any] = {"script": list(script)}
        if default:
            asked["default"] = default
        self._control(vendor, asked)

    def recover(self, vendor: str) -> None:
        """Behave again."""
        self._control(vendor, {"default": None})

    def received(self, vendor: str) -> list[dict[str, Any]]:
        """Every request that reached the vendor, taken or not."""
        _, _, body = request(f"{self.urls[vendor]}/_control")
        found: list[dict[str, Any]] = json.loads(body)["received"]
        return found

    def accepted(self, vendor: str | None = None) -> list[dict[str, Any]]:
        """What was taken, in order, over all restarts of anybody."""
        if not self._log.exists():
            return []
        whole = self._log.read_bytes().rpartition(b"\n")[0]
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if vendor is None or line["vendor"] == vendor]

    def _control(self, vendor: str, asked: Mapping[str, Any]) -> None:
        status, _, body = request(
            f"{self.urls[vendor]}/_control", "POST", json.dumps(asked).encode()
        )
        assert status == 200, body


class Gateway:
    """One replica, which may be started again. It keeps all in `home` but for a given database."""

    def __init__(
        self, home: Path, routes: str, vendors: Vendors, database: str = "", **settings: str
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.vendors = home, vendors
        self.config, self.output = home / "routes.yaml", home / "gateway.log"
        self.database = database or f"sqlite:///{home}/gateway.db"
        self.write_routes(routes)
        self.settings = {
            "GATEWAY_LISTEN": "127.0.0.1:0",
            "GATEWAY_CONFIG": str(self.config),
            "GATEWAY_DATABASE_URL": self.database,
            "GATEWAY_EXTERNAL_URL": "http://gateway.example.com",
            "GATEWAY_LOG": "json",
            "GATEWAY_LEASE": str(LEASE),
            "GATEWAY_SECRET_KEY": "test-key-that-signs-links",
            **settings,
        }
        self.credentials: dict[str, str] = {}
        self.url = ""
        self.process: Process | None = None

    def write_routes(self, text: str) -> None:
        """Let routes.yaml say this; the vendors' addresses are filled in."""
        for name, url in self.vendors.urls.items():
            text = text.replace(f"<{name}>", url)
        self.config.write_text(text)

    def launch(self) -> None:
        """Start it without waiting."""
        assert self.process is None or not self.process.running
        outside = {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}
        command = [str(Path(sys.executable).parent / "gateway"), "serve"]
        self.process = Process(command, {**outside, **ENV, **self.settings}, self.output)

    def start(self) -> "Gateway":
        """Start it and wait until it answers requests."""
        self.launch()
        self.url = self.wait_until_it_listens()
        return self

    def wait_until_it_listens(self) -> str:
        """Return the address that it says it listens on."""
        return wait_for("the gateway listens", self._address)

    def _address(self) -> str:
        assert self.process is not None
        said = self.process.said()
        assert self.process.running, said
        _, found, rest = said.partition("The gateway listens on ")
        return rest.split()[0] if found and " " in rest else ""

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.send(signal.SIGTERM)
        return self.process.ended()

    def log(self) -> str:
        """All that it wrote, over all its lives."""
        return self.output.read_text() if self.output.exists() else ""

    # What a client does.

    def connected(self) -> socket.socket:
        """A bare connection."""
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)

    def post(self, *alerts: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Report alerts as Alertmanager would. Raises OSError when nobody answers."""
        return request(
            f"{self.url}/webhook/alertmanager",
            "POST",
            json.dumps(webhook(alerts)).encode(),
            {"Content-Type": "application/json", **self.credentials},
        )

    def accept(self, *alerts: Mapping[str, Any]) -> None:
        """Report alerts, which must be answered 200."""
        status, _, body = self.post(*alerts)
        assert status == 200, (status, body)

    def acknowledge(self, link: str, person: str) -> None:
        """Press the button behind an acknowledge link, whichever replica made the link."""
        path = urlsplit(link).path
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = request(self.url + path, "POST", f"person={person}".encode(), form)
        assert status == 200, body

    def get(self, path: str) -> tuple[int, Any]:
        """GET; JSON is read."""
        status, headers, body = request(self.url + path)
        if headers.get("Content-Type", "").startswith("application/json"):
            return status, json.loads(body)
        return status, body.decode()

    def reload(self) -> tuple[int, Any]:
        """POST /-/reload."""
        status, _, body = request(f"{self.url}/-/reload", "POST", b"")
        return status, json.loads(body or b"null")


@contextmanager
def ended_after(*things: Vendors | Gateway) -> Iterator[None]:
    """End their processes after the block, whatever happened in it."""
    try:
        yield
    finally:
        for thing in things:
            if thing.process is not None and thing.process.running:
                thing.process.kill()


def alert(name: str, severity: str = "critical", **labels: str) -> dict[str, Any]:
    """A firing alert, as Alertmanager reports it."""
    return {
        "status": "firing",
        "labels": {"alertname": name, "severity": severity, "team": "billing", **labels},
        "annotations": {
            "summary": f"{name} happened",
            "runbook_url": "https://runbooks.example.com/billing",
        },
        "startsAt": "2026-11-20T03:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph",
    }


def resolved(firing: Mapping[str, Any]) -> dict[str, Any]:
    """The end of that alert."""
    return {**firing, "status": "resolved", "endsAt": "2026-11-20T03:09:00Z"}


def acknowledge_link(mail: Mapping[str, Any]) -> str:
    """The link of that sort in a mail that Postmark took."""
    found = re.search(r"http://gateway\.example\.com/ack/\S+", mail["TextBody"])
    assert found, mail["TextBody"]
    return found[0]


def webhook(alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of Alertmanager's webhook, version 4."""
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "gateway",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.com",
        "alerts": list(alerts),
    }

"""A gateway as a process, and what its clients do."""

import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.processes.forked import gateway_main
from tests.processes.harness import PATIENCE, ForkedProcess, Process, request, wait_for
from tests.processes.payloads import webhook
from tests.processes.routes import ENV
from tests.processes.vendors import Vendors

LEASE = 2
"""Seconds of a claim's lease, unless a test sets another."""


class Gateway:
    """One replica, which may be started again. It stores all in `home`, except for `database`."""

    def __init__(
        self,
        home: Path,
        routes: str,
        vendors: Vendors,
        database: str = "",
        *,
        installed: bool = False,
        **settings: str,
    ) -> None:
        """Prepare its files. `installed`: start the installed program, and not a fork."""
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
        self._installed = installed
        self.credentials: dict[str, str] = {}
        self.url = ""
        self.process: Process | None = None

    def write_routes(self, text: str) -> None:
        """Write routes.yaml with the vendors' addresses filled in."""
        for name, url in self.vendors.urls.items():
            text = text.replace(f"<{name}>", url)
        self.config.write_text(text)

    def launch(self) -> None:
        """Start it without waiting."""
        assert self.process is None or not self.process.running
        outside = {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}
        env = {**outside, **ENV, **self.settings}
        if self._installed:
            command = [str(Path(sys.executable).parent / "gateway"), "serve"]
            self.process = Process(command, env, self.output)
        else:
            self.process = ForkedProcess(gateway_main, ["serve"], env, self.output)

    def start(self) -> "Gateway":
        """Start it and wait until it answers requests."""
        self.launch()
        self.url = self.wait_until_it_listens()
        return self

    def wait_until_it_listens(self) -> str:
        """Wait until it listens, and return its address."""
        return wait_for("the gateway listens", self._address)

    def _address(self) -> str:
        assert self.process is not None
        output_text = self.process.output_text()
        assert self.process.running, output_text
        _, marker, rest = output_text.partition("The gateway listens on ")
        return rest.split()[0] if marker and " " in rest else ""

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> int:
        """Send SIGTERM, wait, and return the exit status."""
        assert self.process is not None
        self.process.send(signal.SIGTERM)
        return self.process.ended()

    def log(self) -> str:
        """Return the log of all its runs."""
        return self.output.read_text() if self.output.exists() else ""

    # Requests of a client.

    def connected(self) -> socket.socket:
        """Open a bare connection."""
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)

    def post(self, *alerts: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Post alerts as Alertmanager does. Raises OSError without an answer."""
        return request(
            f"{self.url}/webhook/alertmanager",
            "POST",
            json.dumps(webhook(alerts)).encode(),
            {"Content-Type": "application/json", **self.credentials},
        )

    def accept(self, *alerts: Mapping[str, Any]) -> None:
        """Post alerts, and check that the answer is 200."""
        status, _, body = self.post(*alerts)
        assert status == 200, (status, body)

    def acknowledge(self, link: str, person: str) -> None:
        """Press the button behind an acknowledge link of any replica."""
        path = urlsplit(link).path
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = request(self.url + path, "POST", f"person={person}".encode(), form)
        assert status == 200, body

    def get(self, path: str) -> tuple[int, Any]:
        """GET, and parse JSON."""
        status, headers, body = request(self.url + path)
        if headers.get("Content-Type", "").startswith("application/json"):
            return status, json.loads(body)
        return status, body.decode()

    def reload(self) -> tuple[int, Any]:
        """POST /-/reload."""
        status, _, body = request(f"{self.url}/-/reload", "POST", b"")
        return status, json.loads(body or b"null")

"""The fake vendors as a process."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.processes.forked import fakes_main
from tests.processes.harness import ForkedProcess, request, wait_for


class Vendors:
    """The fake vendors, one process for all."""

    def __init__(self, home: Path) -> None:
        self._log, self._ports = home / "accepted.jsonl", home / "ports.json"
        self._output = home / "vendors.out"
        arguments = ["--port-file", str(self._ports), "--log", str(self._log)]
        self.process = ForkedProcess(fakes_main, arguments, os.environ, self._output)
        self._begins = 0
        self.urls: dict[str, str] = {}

    def ready(self) -> None:
        """Wait until all of them listen."""
        wait_for("the vendors listen", lambda: self._ports.exists() or not self.process.running)
        assert self.process.running, self.process.output_text()
        self.urls = json.loads(self._ports.read_text())

    def fresh(self) -> None:
        """Behave, and hide what was received before."""
        for vendor in self.urls:
            self._control(vendor, {"reset": True})
        self._begins = len(self._accepted_lines())

    def behave(self, vendor: str, *script: Mapping[str, Any], **default: Any) -> None:
        """Fail: `script` for the next requests, one each; `default` for all after them."""
        control: dict[str, Any] = {"script": list(script)}
        if default:
            control["default"] = default
        self._control(vendor, control)

    def recover(self, vendor: str) -> None:
        """Behave again."""
        self._control(vendor, {"default": None})

    def received(self, vendor: str) -> list[dict[str, Any]]:
        """Return every request that reached the vendor, accepted or not."""
        _, _, body = request(f"{self.urls[vendor]}/_control")
        received: list[dict[str, Any]] = json.loads(body)["received"]
        return received

    def accepted(self, vendor: str | None = None) -> list[dict[str, Any]]:
        """Return what was accepted in this test, in order, from any process."""
        lines = [json.loads(line) for line in self._accepted_lines()[self._begins :]]
        return [line for line in lines if vendor is None or line["vendor"] == vendor]

    def _accepted_lines(self) -> list[bytes]:
        whole = self._log.read_bytes() if self._log.exists() else b""
        return whole.rpartition(b"\n")[0].splitlines()

    def _control(self, vendor: str, control: Mapping[str, Any]) -> None:
        status, _, body = request(
            f"{self.urls[vendor]}/_control", "POST", json.dumps(control).encode()
        )
        assert status == 200, body

"""Measured programs and the load process, each ended by its own process id."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


class MeasurementError(Exception):
    """A measurement failed."""


class Program:
    """A measured server. Its data is in `home`, so that it can be started again."""

    name = ""

    def __init__(self, home: Path, sink: int) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.port = home, free_port()
        self.sink = f"http://127.0.0.1:{sink}/hook"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the command line that starts it."""
        raise NotImplementedError

    def settings(self) -> dict[str, str]:
        """Return additional environment variables."""
        return {}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                env={**os.environ, **self.settings()},
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                    return
            except (URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    output = (self.home / "log").read_text(errors="replace")[-2000:]
                    raise MeasurementError(f"{self.name} did not start: {output}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Send SIGTERM and wait until it has ended."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Send SIGKILL and wait until it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Program":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its threads so far (proc(5), stat)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def megabytes(self, which: str = "VmRSS") -> float:
        """Return its resident memory now, or with VmHWM at its peak (proc(5), status)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(which + ":"):
                return int(line.split()[1]) / 1024
        raise MeasurementError(f"no {which} of process {self.pid}")

    def known(self) -> int:
        """Return the number of alerts that it has."""
        raise NotImplementedError


class Alertmanager(Program):
    """A real Alertmanager: the same API, with alerts in memory."""

    name = "Alertmanager"

    def __init__(self, home: Path, sink: int, routes: str) -> None:
        super().__init__(home, sink)
        receiver = f"receivers: [{{name: sink, webhook_configs: [{{url: '{self.sink}'}}]}}]\n"
        (home / "alertmanager.yml").write_text(receiver + routes)

    def command(self) -> list[str]:
        program = alertmanager()
        if program is None:
            raise MeasurementError("no prometheus-alertmanager on PATH: install it")
        return [
            program,
            "--config.file=alertmanager.yml",
            "--storage.path=data",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]

    def known(self) -> int:
        with urlopen(f"http://127.0.0.1:{self.port}/api/v2/alerts", timeout=PATIENCE) as answer:
            return len(json.load(answer))


class Gateway(Program):
    """The gateway with default settings and the embedded database on disk."""

    name = "gateway"

    def __init__(self, home: Path, sink: int, routes: str) -> None:
        super().__init__(home, sink)
        receiver = f"receivers: [{{name: sink, webhook: [{{url: '{self.sink}'}}]}}]\n"
        ranks = "severities: {critical: {rank: 1}, warning: {rank: 2}, info: {rank: 3}}\n"
        (home / "routes.yaml").write_text(receiver + ranks + routes)

    def command(self) -> list[str]:
        return [str(gateway()), "serve"]

    def settings(self) -> dict[str, str]:
        return {
            "GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            "GATEWAY_CONFIG": "routes.yaml",
            "GATEWAY_DATABASE_URL": f"sqlite:///{self.home}/gateway.db",
            "GATEWAY_SECRET_KEY": "benchmark-key-that-signs-links",
        }

    def known(self) -> int:
        database = sqlite3.connect(f"file:{self.home}/gateway.db?mode=ro", uri=True)
        try:
            count: int = database.execute("SELECT count(*) FROM alerts").fetchone()[0]
            return count
        finally:
            database.close()


class LoadProcess:
    """The process that posts and receives: see `benchmarks.outside`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.outside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        self.sink: int = self._answer()["sink"]

    def do(self, order: str, **arguments: Any) -> dict[str, Any]:
        """Run a command and return its result. Raises MeasurementError if it failed."""
        self.order(order, **arguments)
        return self.answer()

    def order(self, order: str, **arguments: Any) -> None:
        """Start a command; its result is the next `answer`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": order, **arguments}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the result of the command. Raises MeasurementError if it failed."""
        answer = self._answer()
        if "error" in answer:
            raise MeasurementError(f"a command failed: {answer['error']}")
        return answer

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise MeasurementError("the process that posts and receives has died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> "LoadProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def alertmanager() -> str | None:
    """Return the path of the real Alertmanager, by Debian's name or its own; None without one."""
    return shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


def gateway() -> Path:
    """Return the path of the gateway's command beside this Python."""
    return Path(sys.executable).parent / "gateway"


def free_port() -> int:
    """Return a port that no program listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

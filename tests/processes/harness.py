"""Real processes to test the promises with: gateways, and fake vendors on real ports.

Everything here polls until a deadline and never sleeps for a guessed time.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from tests.processes.forked import Forked, Main

Result = TypeVar("Result")

PATIENCE = 20.0
"""Seconds after which an expected event counts as missing. Machines are slow."""

CHECKOUT = Path(__file__).parents[2]


def wait_for(what: str, check: Callable[[], Result], patience: float = PATIENCE) -> Result:
    """Poll until the check returns something true; return it."""
    deadline = time.monotonic() + patience
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)


def request(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> tuple[int, dict[str, str], bytes]:
    """Send one HTTP request on its own connection: status, headers, body. Raises OSError."""
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
    """A program that is always ended, by its own process id."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        output: Path,
        folder: Path = CHECKOUT,
    ) -> None:
        self._set_output(output)
        with output.open("ab") as file:
            self._process: subprocess.Popen[bytes] | Forked = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=folder,
                env=dict(env),
                start_new_session=True,
            )

    def _set_output(self, output: Path) -> None:
        self.output = output
        self._begins = output.stat().st_size if output.exists() else 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def output_text(self) -> str:
        """Return what it printed since its start."""
        with self.output.open("rb") as file:
            file.seek(self._begins)
            return file.read().decode("utf-8", "replace")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for its end; return its exit status."""
        return self._process.wait(patience)

    def kill(self) -> None:
        """kill -9, and wait until it has ended."""
        self._process.kill()
        self._process.wait()


class ForkedProcess(Process):
    """A process that begins where the modules are imported."""

    def __init__(
        self, main: Main, arguments: Sequence[str], env: Mapping[str, str], output: Path
    ) -> None:
        self._set_output(output)
        self._process = Forked(main, arguments, folder=CHECKOUT, env=env, out=output, err=output)


class HasProcess(Protocol):
    """An object with a process, or with None before the start."""

    @property
    def process(self) -> Process | None: ...


@contextmanager
def ended_after(thing: HasProcess) -> Iterator[None]:
    """End its process after the block, also after an error."""
    try:
        yield
    finally:
        if thing.process is not None and thing.process.running:
            thing.process.kill()

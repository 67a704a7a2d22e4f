"""Real processes to try the promises on: gateways, and fake vendors on real ports.

Everything here waits by looking again until a deadline, never by sleeping for a guessed time.
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

Found = TypeVar("Found")

PATIENCE = 20.0
"""Seconds after which something that should have happened counts as missing. Machines are slow."""

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


class HasProcess(Protocol):
    """What has a process, or had none yet."""

    @property
    def process(self) -> Process | None: ...


@contextmanager
def ended_after(thing: HasProcess) -> Iterator[None]:
    """End its process after the block, whatever happened in it."""
    try:
        yield
    finally:
        if thing.process is not None and thing.process.running:
            thing.process.kill()

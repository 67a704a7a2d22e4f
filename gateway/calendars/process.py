"""Reading of a calendar in a process of its own, under limits of time and memory."""

import asyncio
import json
import os
import subprocess
import threading
from typing import NamedTuple

from gateway.calendars.events import CalendarError, ReadCalendar, from_json
from gateway.calendars.limits import CPU_SECONDS, WALL_SECONDS, cause_of_death
from gateway.calendars.worker import command
from gateway.core.text.escape import one_line

LARGEST = 2_000_000
"""Bytes of a calendar that are read. A thousand single events have 290 kB."""

_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONTZPATH", "TZDIR")
"""Variables that a Python may need to start and to find time zones. No secret is passed on."""

_LONGEST_ERROR = 300


class ReadRequest(NamedTuple):
    """A calendar, the zone of its all-day events, and the span to read (unix seconds).

    `cpu_seconds` is the processor time that it may take.
    """

    raw: bytes
    zone: str
    start: float
    end: float
    cpu_seconds: int = CPU_SECONDS


async def read_apart(request: ReadRequest) -> ReadCalendar:
    """Return the events of a calendar. The process is killed if this is cancelled.

    Raises CalendarError, and OSError when no process can be started.
    """
    child = _Child()
    try:
        return await asyncio.to_thread(child.ask, request)
    finally:
        child.kill()


def read_apart_now(request: ReadRequest) -> ReadCalendar:
    """Return the events of a calendar, for a command without an event loop."""
    return _Child().ask(request)


class _Child:
    """One process, for one calendar. `kill` may be called from another thread than `ask`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._killed = False
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: ReadRequest) -> ReadCalendar:
        """Start the process, and return its answer once it has ended."""
        if len(request.raw) > LARGEST:
            raise CalendarError(f"it is larger than {LARGEST // 1_000_000} MB")
        with self._lock:
            if self._killed:
                raise CalendarError("reading it was stopped")
            process = self._process = _start()
        with process:  # closes its pipes and waits for its end
            try:
                return _answer(process, request)
            finally:
                process.kill()

    def kill(self) -> None:
        """End the process if it runs, and never start it from now on."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own interpreter and our own code
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        start_new_session=True,  # signals to the gateway's group do not end it half-way
    )


def _answer(process: subprocess.Popen[bytes], request: ReadRequest) -> ReadCalendar:
    head = request._replace(raw=b"")._asdict() | {"raw": len(request.raw)}
    body = json.dumps(head).encode() + b"\n" + request.raw
    try:
        output, _ = process.communicate(body, timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise CalendarError(f"reading it took more than {WALL_SECONDS:g} s") from None
    try:
        answer = json.loads(output)
    except ValueError:
        error_text = cause_of_death(process.returncode, request.cpu_seconds)
        raise CalendarError(error_text) from None
    if "error" in answer:
        raise CalendarError(one_line(answer["error"], _LONGEST_ERROR))
    return from_json(answer)

"""Hostile bodies, and their effect on everything else.

Measured are the longest delay of a health check, the peak growth of memory, and the delay of a
critical page that is due while the body is read.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from benchmarks import alerts, http
from benchmarks.alerts import AHEAD

EVERY = 0.02
"""Seconds between health checks."""

GROUP_WAIT = 1.0
"""Seconds of the critical alert's group_wait. The body is posted halfway through it."""

ROUTES = """
route:
  receiver: sink
  group_by: [alertname]
  group_wait: 30m
  group_interval: 30m
  routes:
    - matchers: [severity="critical"]
      group_wait: 1s
"""


def _repeated(before: bytes, unit: bytes, behind: bytes) -> Callable[[int], bytes]:
    return lambda size: before + unit * (size // len(unit)) + behind


def _numbered(form: str, behind: bytes, before: bytes = b"[") -> Callable[[int], bytes]:
    def made(size: int) -> bytes:
        count = size // (len(form % 0) + 6)
        return before + ",".join([form % number for number in range(count)]).encode() + behind

    return made


BODIES: Mapping[str, Callable[[int], bytes]] = {
    "zeros": _repeated(b"[", b"0,", b"0]"),
    "nested lists": _repeated(b"", b"[", b""),
    "lists in one alert": _repeated(b'[{"labels":{"a":"b"},"x":[', b"[],", b"0]}]"),
    "one text": _repeated(b'[{"labels":{"alertname":"Long","a":"', b"x", b'"}}]'),
    "escapes": _repeated(b'[{"labels":{"alertname":"Escaped","a":"', b'\\"', b'"}}]'),
    "invalid UTF-8": _repeated(b'[{"labels":{"alertname":"Bytes","a":"', b"\x80", b'"}}]'),
    "tiny alerts": _numbered('{"labels":{"a":"%d"}}', b"]"),
    "label names": _numbered('"a%d":"x"', b"}}]", b'[{"labels":{'),
    "one name doubled": _repeated(b'[{"labels":{', b'"a":"x",', b'"b":"c"}}]'),
    "good alerts": _numbered(
        '{"labels":{"alertname":"Good","severity":"warning","instance":"%d"},'
        '"annotations":{"summary":"' + "It answers slowly. " * 30 + '"}}',
        b"]",
    ),
}
"""By name, a function that returns a body of about so many bytes."""


class Asker(http.Messages):
    """Sends one request, and waits for the status."""

    def __init__(self, request: bytes) -> None:
        super().__init__()
        self._request = request
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.write(self._request)

    def message(self, head: bytes, body: bytes) -> None:
        if not self.status.done():
            self.status.set_result(int(head.split(b" ", 2)[1]))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.status.done():
            self.status.set_result(0)


async def ask(port: int, request: bytes) -> tuple[int, float]:
    """Return the status (0: closed without one) and the seconds, including the connection."""
    start = time.monotonic()
    loop = asyncio.get_running_loop()
    _, asker = await loop.create_connection(lambda: Asker(request), "127.0.0.1", port)
    return await asker.status, time.monotonic() - start


async def attack(
    port: int, what: str, size: int, arrived: Callable[[], Iterator[tuple[float, bytes]]]
) -> dict[str, Any]:
    """Post a body while a critical page becomes due and health is checked."""
    body = BODIES[what](size)
    head = (
        f"POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    name = f"Critical{what.title().replace(' ', '')}"
    one = alerts.alert(0, datetime.now(UTC) + AHEAD, name, "critical")
    posted = time.monotonic()
    await ask(port, alerts.request(port, [one]))
    watching = asyncio.ensure_future(_watch(port))
    await asyncio.sleep(GROUP_WAIT / 2)
    status, took = await ask(port, head.encode() + body)
    late = await _late(name.encode(), posted + GROUP_WAIT, arrived)
    watching.cancel()
    await asyncio.wait([watching])
    health: list[float] = watching.result()
    return {
        "bytes": len(body),
        "status": status,
        "answered_s": took,
        "health_ms": 1000 * max(health, default=0.0),
        "checks": len(health),
        "late_ms": None if late is None else 1000 * late,
    }


async def _watch(port: int) -> list[float]:
    request = f"GET /-/healthy HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    delays = []
    start = time.monotonic()
    try:
        while True:
            start = time.monotonic()
            delays.append((await ask(port, request))[1])
            await asyncio.sleep(EVERY)
    except asyncio.CancelledError:
        delays.append(time.monotonic() - start - EVERY)  # the one that was not answered yet
        return delays


async def _late(
    name: bytes, due: float, arrived: Callable[[], Iterator[tuple[float, bytes]]]
) -> float | None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for at, body in arrived():
            if name in body:
                return at - due
        await asyncio.sleep(0.005)
    return None

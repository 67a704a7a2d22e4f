"""Malicious bodies of 31 MB, against a real process."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import request
from tests.processes.routes import WEBHOOK

pytestmark = pytest.mark.process

SIZE = 31_000_000
SLOWEST = 1.0
"""Seconds that a health check may take meanwhile."""

MOST = 5
"""Times its size by which a body may let memory grow."""

BODIES = {
    "zeros": (b"[" + b"0," * (SIZE // 2) + b"0]", 413),
    "one text": (b'[{"labels":{"alertname":"Long","a":"' + b"x" * SIZE + b'"}}]', 200),
    "label names": (
        b'[{"labels":{' + b",".join(b'"a%d":"x"' % n for n in range(SIZE // 14)) + b"}}]",
        400,
    ),
    "tiny alerts": (b"[" + b'{"labels":{"a":"b"}},' * (SIZE // 21) + b"{}]", 413),
}


def peak(gateway: Gateway) -> int:
    """Return the peak memory of the process in bytes (proc(5): VmHWM, in kB)."""
    assert gateway.process is not None
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def slowest_health_check(gateway: Gateway, work: Callable[[], None]) -> float:
    """Return the seconds of the slowest health check during the work."""
    worker = threading.Thread(target=work)
    worker.start()
    slowest = 0.0
    while worker.is_alive():
        begun = time.monotonic()
        assert request(f"{gateway.url}/healthz")[0] == 200
        slowest = max(slowest, time.monotonic() - begun)
    worker.join()
    return slowest


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_delays_no_health_check(make_gateway: MakeGateway, name: str) -> None:
    """E34: health checks are answered within a second while it is read; memory is bounded."""
    gateway = make_gateway(WEBHOOK).start()
    body, expected = BODIES[name]
    before, statuses = peak(gateway), []

    def post() -> None:
        head = {"Content-Type": "application/json"}
        statuses.append(request(f"{gateway.url}/api/v2/alerts", "POST", body, head, 60)[0])

    slowest = slowest_health_check(gateway, post)
    assert statuses == [expected]
    assert slowest < SLOWEST
    assert peak(gateway) - before < MOST * len(body)

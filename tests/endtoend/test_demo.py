"""The demo, which needs nothing but the gateway."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.harness import Process, request, wait_for

pytestmark = pytest.mark.process

ADDRESS = re.compile(r"Incidents: +(http://\S+)/")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Process]:
    """Start the demo on a machine without Prometheus, with people who acknowledge at once."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"PATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "benchmarks.demo", "--reading", "0", "--linger", "0"]
    process = Process(command, environment, tmp_path / "demo.out")
    yield process
    if process.running:
        process.kill()


def nothing_is_left(demo: Process, home: Path) -> None:
    """Check that its gateway no longer answers, and that its folder is removed."""
    match = ADDRESS.search(demo.output_text())
    assert match is not None
    with pytest.raises(OSError, match="refused"):
        request(f"{match[1]}/healthz")
    assert list(home.glob("gateway-demo-*")) == []


def test_the_demo_runs_without_prometheus(demo: Process, tmp_path: Path) -> None:
    """It says what to install, plays the whole story, and ends by itself."""
    assert demo.ended(90.0) == 0, demo.output_text()
    summary = demo.output_text()
    assert "apt-get install prometheus prometheus-alertmanager" in summary
    for part in (
        "to admin@example.com",
        "trigger #1001",
        "Ana presses the button",
        "ACKNOWLEDGED: DoubleChargeDetected",
        "escalated: step 2: Ana, Ben",
        "Acknowledged by Ben",
        "suppressed: inhibited by",
        "#billing-alerts was notified 0.",
        "ana@example.com was notified 0.",
        "⚠️ PLATFORM WARNING: RenewalCronMissing",
        "⚠️ BILLING WARNING: Checkout conversion low",
        "RESOLVED: BillingDatabaseDown",
    ):
        assert part in summary
    assert "\x1b[" not in summary, "colours are for terminals"
    nothing_is_left(demo, tmp_path)


def test_ctrl_c_ends_the_demo_and_its_processes(demo: Process, tmp_path: Path) -> None:
    """Ctrl-C ends the demo and all its processes."""
    wait_for("the story begins", lambda: "Ana reads" in demo.output_text())
    demo.send(signal.SIGINT)
    assert demo.ended() == 0, demo.output_text()
    assert "Interrupted" in demo.output_text()
    nothing_is_left(demo, tmp_path)

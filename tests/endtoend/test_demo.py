"""The demonstration runs by itself, with nothing installed but the gateway."""

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
    """The demonstration on a machine without Prometheus, with people who answer at once."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"PATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "benchmarks.demo", "--reading", "0", "--linger", "0"]
    process = Process(command, environment, tmp_path / "demo.out")
    yield process
    if process.running:
        process.kill()


def nothing_is_left(demo: Process, home: Path) -> None:
    """The gateway that it started answers no more, and its folder is gone."""
    found = ADDRESS.search(demo.said())
    assert found is not None
    with pytest.raises(OSError, match="refused"):
        request(f"{found[1]}/healthz")
    assert list(home.glob("gateway-demo-*")) == []


def test_the_story_is_told_without_prometheus(demo: Process, tmp_path: Path) -> None:
    """It says what to install, tells the whole story all the same, and ends by itself."""
    assert demo.ended(60.0) == 0, demo.said()
    said = demo.said()
    assert "apt-get install prometheus prometheus-alertmanager" in said
    for part in (
        "to admin@example.com",
        "trigger #1001",
        "Ana presses the button",
        "ACKNOWLEDGED: DoubleChargeDetected",
        "escalated: step 2: Ana, Ben",
        "Ben has it",
        "kept quiet: inhibited by",
        "RESOLVED: BillingDatabaseDown",
    ):
        assert part in said
    assert "\x1b[" not in said, "colours are for terminals"
    nothing_is_left(demo, tmp_path)


def test_it_can_be_interrupted(demo: Process, tmp_path: Path) -> None:
    """Ctrl-C ends the demonstration and every process of it."""
    wait_for("the story begins", lambda: "Ana reads" in demo.said())
    demo.send(signal.SIGINT)
    assert demo.ended() == 0, demo.said()
    assert "Interrupted" in demo.said()
    nothing_is_left(demo, tmp_path)

"""The first five minutes of the README, done as it says, with a real process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import CHECKOUT, snippets
from tests.processes.harness import Process, request, wait_for

pytestmark = pytest.mark.process

GATEWAY = str(Path(sys.executable).parent / "gateway")
SAMPLE = CHECKOUT / "docs" / "samples" / "double-charge.json"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As after a fresh checkout: no token, no setting but where to keep things."""
    ours = ("GATEWAY_", "POSTMARK_", "SLACK_", "PAGERDUTY_", "ALERTMANAGER_", "PROMETHEUS_")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **outside,
        "GATEWAY_LISTEN": "127.0.0.1:0",
        "GATEWAY_EXTERNAL_URL": "http://127.0.0.1:9095",
        "GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.db",
        "NO_COLOR": "1",
    }


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    """`gateway serve`, which is what `make run` runs."""
    process = Process([GATEWAY, "serve"], environment, tmp_path / "output")
    yield process
    process.kill()


def address(process: Process) -> str:
    assert process.running, process.said()
    found = re.search(r"listens on (http://\S+) ", process.said())
    return found[1] if found else ""


def steady(line: str) -> str:
    """A line without what differs from day to day: times, lengths of time, tokens."""
    line = re.sub(r"^Since .*$", "Since …", line)
    line = re.sub(r"\bAcknowledge by [^.]*", "Acknowledge by …", line)
    return re.sub(r"/ack/\S+", "/ack/…", line)


def command(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [GATEWAY, *words], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_first_five_minutes_go_as_the_readme_says(
    process: Process, environment: dict[str, str]
) -> None:
    """One curl of the shipped sample shows the message that the README shows; then it is taken."""
    url = wait_for("the gateway listens", lambda: address(process))
    assert "docs/samples/double-charge.json" in process.said()
    assert "gateway ack 1001 --as ana" in process.said()

    json_type = {"Content-Type": "application/json"}
    status, _, body = request(f"{url}/webhook/alertmanager", "POST", SAMPLE.read_bytes(), json_type)
    blocks = {one.info: one.text for one in snippets(CHECKOUT / "README.md")}
    assert (status, body.decode()) == (200, blocks["json"].strip())

    shown = [steady(line) for line in blocks["text"].splitlines()]
    mails = "e-mail to admin@example.com (not sent: no POSTMARK_TOKEN)"
    wait_for("the mail is shown", lambda: mails in process.said() and "Source:" in process.said())
    printed = [steady(line) for line in process.said().splitlines()]
    assert [line for line in shown if line not in printed] == []

    said = command(environment, "ack", "1001", "--as", "ana", "--url", url)
    assert "Ana has it" in said
    assert "Ana has it" in command(environment, "explain", "1001", "--url", url)
    status, _, page = request(f"{url}/incidents/1001")
    assert status == 200
    assert "Ana has it" in page.decode()

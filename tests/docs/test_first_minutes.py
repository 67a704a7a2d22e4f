"""The first five minutes of the README, with a real process."""

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
    """Return the environment of a fresh checkout: no token, and a database of its own."""
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
    assert process.running, process.output_text()
    match = re.search(r"listens on (http://\S+) ", process.output_text())
    return match[1] if match else ""


def steady(line: str) -> str:
    """Return a line without times, durations and tokens."""
    line = re.sub(r"^Since .*$", "Since …", line)
    line = re.sub(r"\bAcknowledge by [^.]*", "Acknowledge by …", line)
    return re.sub(r"/ack/\S+", "/ack/…", line)


def command(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [GATEWAY, *words], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_commands_of_the_readme_print_what_it_shows(
    process: Process, environment: dict[str, str]
) -> None:
    """The shipped sample leads to the shown message, and the incident is acknowledged."""
    url = wait_for("the gateway listens", lambda: address(process))
    assert "docs/samples/double-charge.json" in process.output_text()
    assert "gateway ack 1001 --as ana" in process.output_text()

    json_type = {"Content-Type": "application/json"}
    status, _, body = request(f"{url}/webhook/alertmanager", "POST", SAMPLE.read_bytes(), json_type)
    blocks = {one.info: one.text for one in snippets(CHECKOUT / "README.md")}
    assert (status, body.decode()) == (200, blocks["json"].strip())

    shown = [steady(line) for line in blocks["text"].splitlines()]
    mails = "e-mail to admin@example.com (not sent: no POSTMARK_TOKEN)"
    wait_for("the mail is printed", lambda: mails in process.output_text())
    wait_for("all of it is printed", lambda: "Source:" in process.output_text())
    printed = [steady(line) for line in process.output_text().splitlines()]
    assert [line for line in shown if line not in printed] == []

    output = command(environment, "ack", "1001", "--as", "ana", "--url", url)
    assert "acknowledged by Ana" in output
    assert "acknowledged by Ana" in command(environment, "explain", "1001", "--url", url)
    status, _, page = request(f"{url}/incidents/1001")
    assert status == 200
    assert "Acknowledged by Ana" in page.decode()

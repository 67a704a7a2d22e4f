"""A story sends the same in `gateway test` and in a served gateway with real vendors' servers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.console import gateway as command
from tests.processes.conftest import MakeGateway
from tests.processes.database import rows
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert, resolved
from tests.processes.routes import ENV
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

ALERT = alert("DoubleChargeDetected")
Sent = list[dict[str, str]]


def sent(gateway: Gateway) -> Sent:
    """Return all messages that vendors accepted, oldest first."""
    query = "SELECT channel, kind, reason FROM notices WHERE state = 'sent' ORDER BY id"
    return [
        dict(zip(("channel", "kind", "reason"), row, strict=True)) for row in rows(gateway, query)
    ]


def act(gateway: Gateway, action: str) -> None:
    body = json.dumps({"as": "ana"}).encode()
    url = f"{gateway.url}/api/v1/incidents/1001/{action}"
    status, _, answer = request(url, "POST", body, {"Content-Type": "application/json"})
    assert status == 200, answer


def played(gateway: Gateway) -> list[Sent]:
    """Let an alert fire, be acknowledged, and end; return what each step sent."""
    steps: list[Sent] = []

    def settled(what: str, count: int) -> None:
        wait_for(what, lambda: len(sent(gateway)) >= sum(map(len, steps)) + count)
        steps.append(sent(gateway)[sum(map(len, steps)) :])

    gateway.accept(ALERT)
    settled("four vendors know", 4)
    act(gateway, "ack")
    settled("they know that it is acknowledged", 3)
    gateway.accept(resolved(ALERT))
    settled("they know the end", 4)
    return steps


def story(routes: Path, steps: list[Sent]) -> str:
    """Return a test file with the same events, that expects exactly these messages."""
    labels = ALERT["labels"]
    events: list[dict[str, Any]] = [{"fires": labels}, {"ack": "ana"}, {"resolves": labels}]
    lines = []
    for number, (event, messages) in enumerate(zip(events, steps, strict=True)):
        lines += [{"at": f"{number}m", **event}, {"at": f"{number}m", "expect": messages}]
    return yaml.safe_dump({"routes": str(routes), "tests": [{"name": "one day", "story": lines}]})


def test_served_gateway_sends_what_its_story_says(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """Each channel, kind and reason, and nothing else; one message less and the story fails."""
    gateway = make_gateway().start()
    steps = played(gateway)
    file = tmp_path / "story.yaml"
    file.write_text(story(gateway.config, steps))
    passed = command("test", str(file), **ENV)
    assert passed.exit_code == 0, passed.output
    file.write_text(story(gateway.config, [steps[0][1:], *steps[1:]]))
    assert command("test", str(file), **ENV).exit_code == 1

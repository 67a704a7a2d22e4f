"""A Slack app as processes see it: signed requests to a gateway, and what Slack then shows."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.routes import ENV, SEVERAL
from tests.processes.vendors import Vendors

FORM = "application/x-www-form-urlencoded"
ROUTES = SEVERAL.replace("email: ana@example.com}", "email: ana@example.com, slack: U0ANA}")
"""Ana is known in Slack."""

BY_SOCKET = ROUTES.replace(
    'signing_secret: "${SLACK_SIGNING_SECRET}"', 'app_token: "xapp-1-test-0000"'
)
"""As before, and nothing of the gateway is public."""

_numbers = count(1)


@dataclass(frozen=True)
class Posted:
    """A message of the gateway: its address, and the buttons that it has."""

    channel: str
    ts: str
    buttons: Mapping[str, str]


@dataclass
class SlackApp:
    """The app of one gateway, and the fake Slack that has it."""

    gateway: Gateway
    vendors: Vendors

    def message(self) -> Posted:
        """Wait for the first message in the channel, and return it."""
        line = wait_for("Slack has the message", lambda: self._lines("/api/chat.postMessage"))[0]
        elements = [
            element
            for block in line["json"]["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
        ]
        values = {one["action_id"].removeprefix("gateway_"): one["value"] for one in elements}
        return Posted(line["answer"]["channel"], line["answer"]["ts"], values)

    def updates(self) -> list[Any]:
        """Return the changes of messages, in order."""
        return [line["json"] for line in self._lines("/api/chat.update")]

    def shown_to(self, user: str) -> list[str]:
        """Return what one user alone was shown, in order."""
        answers = [one["json"]["text"] for one in self._lines(f"/actions/T0TEST/{user}/")]
        hints = [one["json"] for one in self._lines("/api/chat.postEphemeral")]
        return answers + [one["text"] for one in hints if one["user"] == user]

    def press(self, role: str, value: str, user: str = "U0ANA") -> dict[str, Any]:
        """Return the payload of a press, with ids of its own."""
        number = next(_numbers)
        return {
            "type": "block_actions",
            "trigger_id": f"111.{number}.test",
            "user": {"id": user},
            "actions": [{"action_id": f"gateway_{role}", "value": value}],
            "response_url": f"{self.vendors.urls['slack']}/actions/T0TEST/{user}/{number}",
        }

    def reply(self, text: str, to: Posted, user: str = "U0ANA") -> dict[str, Any]:
        """Return the event of a reply in a message's thread."""
        number = next(_numbers)
        return {
            "type": "event_callback",
            "event_id": f"Ev{number:08d}",
            "event": {
                "type": "message",
                "channel": to.channel,
                "thread_ts": to.ts,
                "ts": f"1800009999.{number:06d}",
                "user": user,
                "text": text,
            },
        }

    def command(self, name: str, text: str = "", user: str = "U0ANA") -> dict[str, str]:
        """Return the fields of a slash command."""
        number = next(_numbers)
        return {
            "command": f"/{name}",
            "text": text,
            "user_id": user,
            "trigger_id": f"111.{number}.test",
            "response_url": f"{self.vendors.urls['slack']}/actions/T0TEST/{user}/{number}",
        }

    def signed(
        self, body: bytes, *, age: float = 0.0, secret: str = ENV["SLACK_SIGNING_SECRET"]
    ) -> dict[str, str]:
        """Return the headers by which Slack signs a body."""
        timestamp = str(int(time.time() - age))
        made = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": made or ""}

    def post(
        self, kind: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Post by HTTP, signed unless `headers` say otherwise; return status and body."""
        body = body_of(kind, content)
        type_ = "application/json" if kind == "events" else FORM
        head = {"Content-Type": type_, **(headers or self.signed(body))}
        path = f"/callbacks/slack/{kind}"
        status, _, answer = request(self.gateway.url + path, "POST", body, head)
        return status, answer

    def push(self, kind: str, payload: Mapping[str, Any], envelope: str = "") -> Any:
        """Send by Socket Mode; return the acknowledgement and the number of connections."""
        content = {"kind": kind, "payload": payload, "envelope": envelope}
        url = f"{self.vendors.urls['slack']}/_push"
        status, _, answer = request(url, "POST", json.dumps(content).encode())
        assert status == 200, answer
        return json.loads(answer)

    def _lines(self, path: str) -> list[dict[str, Any]]:
        lines = self.vendors.accepted("slack")
        return [line for line in lines if line["path"].startswith(path)]


def body_of(kind: str, content: Mapping[str, Any]) -> bytes:
    """Return the body of a request as Slack writes it."""
    if kind == "actions":
        return urlencode({"payload": json.dumps(content)}).encode()
    return urlencode(content).encode() if kind == "commands" else json.dumps(content).encode()

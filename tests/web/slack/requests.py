"""Requests as Slack makes them: signed by the SDK's own verifier, with the keys that it sends."""

import hmac
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse
from slack_sdk.signature import SignatureVerifier

from tests.flow.world import World
from tests.web.real import Client

SECRET = "test-slack-signing-secret"
FORM = "application/x-www-form-urlencoded"


def pressed(**changes: Any) -> bytes:
    """Return the body of a button press, which has only ids."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U0ANA"},
        "actions": [{"action_id": "gateway_acknowledge", "value": "1001"}],
        **changes,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def button(action: str, user: str = "U0ANA", value: str = "1001", **changes: Any) -> bytes:
    """Return the body of the press of one button."""
    actions = [{"action_id": f"gateway_{action}", "value": value}]
    return pressed(user={"id": user}, actions=actions, **changes)


def command(name: str, text: str = "", user: str = "U0ANA", **changes: str) -> bytes:
    """Return the body of a slash command."""
    fields = {"command": f"/{name}", "text": text, "user_id": user, "team_id": "T0TEST", **changes}
    return urlencode(fields).encode()


def event(inner: dict[str, Any], id_: str = "Ev0001") -> bytes:
    """Return the body of an event."""
    body = {"type": "event_callback", "event_id": id_, "team_id": "T0TEST", "event": inner}
    return json.dumps(body).encode()


def reply(text: str, channel: str, thread: str, user: str = "U0ANA", **more: Any) -> dict[str, Any]:
    """Return the event of a reply in a thread."""
    return {
        "type": "message",
        "channel": channel,
        "thread_ts": thread,
        "ts": "1800000099.000100",
        "user": user,
        "text": text,
        **more,
    }


async def send(
    world: World,
    client: Client,
    body: bytes,
    *,
    path: str = "/slack/actions",
    age: float = 0.0,
    secret: str = SECRET,
    **headers: str,
) -> ClientResponse:
    """Post a body as Slack does, signed `age` seconds ago."""
    timestamp = str(int(world.now - age))
    content_type = "application/json" if path.endswith("/events") else FORM
    slack_headers = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": _signature(secret, timestamp, body),
    }
    return await client.post(path, data=body, headers={**slack_headers, **headers})


def _signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the SDK's signature; it signs text only, so for other bytes that of Slack's rule."""
    try:
        verifier = SignatureVerifier(secret)
        return verifier.generate_signature(timestamp=timestamp, body=body) or ""
    except UnicodeDecodeError:
        text = b"v0:" + timestamp.encode() + b":" + body
        return f"v0={hmac.digest(secret.encode(), text, 'sha256').hex()}"

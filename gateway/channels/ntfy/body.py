"""A push message as ntfy's JSON, within its limits. Pure.

Limits (ntfy, docs/publish.md and server/server.go): a message 4096 bytes, or it becomes a file; a
JSON body 8192 bytes; three buttons; a comma parts tags.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from gateway.channels.support import facts as read
from gateway.channels.support.truncate import strip_controls, truncate_bytes
from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import FIRING_KINDS, SHIFT_KINDS, NoticeKind
from gateway.core.text.escape import one_line, safe_url

MESSAGE_BYTES = 4000
BODY_BYTES = 8000
REDUCED_BYTES = 1000  # of the text of a message whose full form was refused
READ_CHARACTERS = 10 * MESSAGE_BYTES  # of a text; far fewer are sent
TITLE_CHARACTERS = 200
MOST_BUTTONS = 3
LABEL_CHARACTERS = 40

MAX, DEFAULT, LOW = 5, 3, 2
"""Priorities: breaks through and rings long; sound; no sound."""

_OPENS = ("incident", "list", "oncall")
"""Roles of links: what a tap on the message opens, the first that there is."""

_BUTTONS = (
    "acknowledge",
    "take",
    "accept",
    "decline",
    "accept_swap",
    "decline_swap",
    "runbook",
    "dashboard",
    "link",
    "source",
)
"""Roles of links that become buttons, in this order."""


def publication(message: Message, topic: str, priorities: Mapping[str, int]) -> dict[str, Any]:
    """Return the body of a request. `priorities` are those of firing incidents, by severity."""
    body: dict[str, Any] = {
        "topic": topic,
        "title": _title(message),
        "message": "",
        "priority": priority(message, priorities),
    }
    if opened := _url_of(message, _OPENS):
        body["click"] = opened
    if not message.reduced:
        body["tags"] = [_tag(message)]
        if buttons := list(_buttons(message))[:MOST_BUTTONS]:
            body["actions"] = buttons
    limit = REDUCED_BYTES if message.reduced else MESSAGE_BYTES
    note = f"… cut, see {read.incident_name(message)}"
    text = strip_controls(message.parts.get("text", "")[:READ_CHARACTERS]).strip() or body["title"]
    body["message"] = truncate_bytes(text, limit, note)
    while (size := len(orjson.dumps(body))) > BODY_BYTES and limit > len(note) * 2:
        # Quotes and line ends take two bytes in JSON, so the text is cut by what is too much.
        limit = min(limit, len(body["message"].encode())) - (size - BODY_BYTES)
        body["message"] = truncate_bytes(text, max(limit, len(note) * 2), note)
    return body


def priority(message: Message, priorities: Mapping[str, int]) -> int:
    """Return the priority: what fires is loud by its severity, what ends or changes is silent."""
    if message.kind in FIRING_KINDS and message.kind is not NoticeKind.DIGEST:
        return priorities.get(message.severity, MAX if message.urgent else DEFAULT)
    loud = message.kind in SHIFT_KINDS or message.kind in (NoticeKind.TEST, NoticeKind.DIGEST)
    return DEFAULT if loud else LOW


def _title(message: Message) -> str:
    title = one_line(message.parts.get("title", ""), TITLE_CHARACTERS)
    return title or f"{read.incident_name(message)} is {message.status}"


def _tag(message: Message) -> str:
    """Return the short code of an emoji that says what the message is about."""
    if message.kind in SHIFT_KINDS:
        return "calendar"
    if message.kind is NoticeKind.DIGEST:
        return "card_index_dividers"
    if message.kind is NoticeKind.TEST:
        return "test_tube"
    if message.status != "firing":
        return "white_check_mark" if message.status == "resolved" else "eyes"
    return "rotating_light" if message.urgent else "warning"


def _buttons(message: Message) -> Iterator[dict[str, Any]]:
    """Yield the buttons, the most important first."""
    links = [one for role in _BUTTONS for one in message.links if one.role == role]
    pressed = message.button
    if pressed is not None and any(one.role == "acknowledge" for one in links):
        links = [one for one in links if one.role != "acknowledge"]
        yield {
            "action": "http",
            "label": "Acknowledge",
            "url": pressed.url,
            "method": "POST",
            "headers": {"Authorization": f"Bearer {pressed.token}"},
            "clear": True,  # the app removes the message once the gateway has answered 2xx
        }
    for link in links:
        if url := safe_url(link.url):
            yield {"action": "view", "label": _label(link), "url": url}


def _label(link: Link) -> str:
    return one_line(link.text, LABEL_CHARACTERS) or link.role


def _url_of(message: Message, roles: tuple[str, ...]) -> str | None:
    links = {one.role: one.url for one in reversed(message.links)}
    return next((url for role in roles if role in links and (url := safe_url(links[role]))), None)

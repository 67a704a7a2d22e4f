"""A button that was pressed in a message, as Slack reports it (E38: only ids are read)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button that was pressed by a user of Slack.

    `number` is of an incident or a swap; `detail` is what else the button says, such as the person
    to take over from. `response_url` is where the outcome goes, empty if Slack named none.
    """

    action: str
    number: int
    user: str
    detail: str = ""
    response_url: str = ""


def parse_button_presses(payload: Any) -> list[ButtonPress]:
    """Return the presses of numbered buttons in a payload; an empty list for other payloads."""
    if not isinstance(payload, Mapping) or payload.get("type") != "block_actions":
        return []
    user, actions = payload.get("user"), payload.get("actions")
    user_id = user.get("id") if isinstance(user, Mapping) else None
    if not isinstance(user_id, str) or not user_id or not isinstance(actions, list):
        return []
    url = payload.get("response_url")
    response_url = url if isinstance(url, str) else ""
    presses = [_parse(action, user_id, response_url) for action in actions]
    return [press for press in presses if press is not None]


def _parse(action: Any, user: str, response_url: str) -> ButtonPress | None:
    """Parse one press. The value is NUMBER, or NUMBER:DETAIL."""
    if not isinstance(action, Mapping):
        return None
    name, value = action.get("action_id"), action.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        return None
    number, _, detail = value.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return ButtonPress(name, int(number), user, detail, response_url)

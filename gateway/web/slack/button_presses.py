"""A button that was pressed in a message, as Slack reports it (E38: only ids are read)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.core.incidents.vendor_event import Cause

LONGEST_ID = 200
"""Characters of a trigger's id; Slack's have about fifty."""


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button that was pressed by a user of Slack.

    `number` is of an incident or a swap; `detail` is what else the button says, such as the person
    to take over from. `response_url` is where the outcome goes, empty if Slack named none. `cause`
    names what the user did, so that a replayed request does nothing; None if Slack named nothing.
    """

    action: str
    number: int
    user: str
    detail: str = ""
    response_url: str = ""
    cause: Cause | None = None


def parse_button_presses(account: str, payload: Any) -> list[ButtonPress]:
    """Return the presses of numbered buttons in a payload; an empty list for other payloads.

    `account` is the account in routes.yaml whose app was used.
    """
    if not isinstance(payload, Mapping) or payload.get("type") != "block_actions":
        return []
    user, actions = payload.get("user"), payload.get("actions")
    user_id = user.get("id") if isinstance(user, Mapping) else None
    if not isinstance(user_id, str) or not user_id or not isinstance(actions, list):
        return []
    url = payload.get("response_url")
    response_url = url if isinstance(url, str) else ""
    trigger = payload.get("trigger_id")
    known = isinstance(trigger, str) and 0 < len(trigger) <= LONGEST_ID
    cause = Cause(account, f"press:{trigger}") if known else None
    presses = [_parse(action) for action in actions]
    return [
        replace(press, user=user_id, response_url=response_url, cause=cause)
        for press in presses
        if press is not None
    ]


def _parse(action: Any) -> ButtonPress | None:
    """Parse one action, without what it shares with the others. The value is NUMBER[:DETAIL]."""
    if not isinstance(action, Mapping):
        return None
    name, value = action.get("action_id"), action.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        return None
    number, _, detail = value.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return ButtonPress(name, int(number), "", detail)

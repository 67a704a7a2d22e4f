"""The buttons of a Slack message: links, and actions where an app takes presses. Pure.

The `action_id` of each is `gateway_ROLE`. Its value says which incident it was, because Slack
reports a press without the message's own data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any

from gateway.channels.support.truncate import truncate
from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import SHIFT_KINDS, NoticeKind
from gateway.core.routing.links import MOST_LINKS
from gateway.core.text.escape import one_line, safe_url, slack_link

Block = dict[str, Any]

ALL_URLS = 2500  # of the buttons: a graph's link can be long, and is the last one
BUTTON_TEXT = 75
WITHOUT_INCIDENT = frozenset({NoticeKind.DIGEST, NoticeKind.TEST, *SHIFT_KINDS})


class Controls(StrEnum):
    """How a reader of a message can act."""

    TEXT = "text"
    """Links in the text, because Slack warns beside a pressed button that no app takes."""
    LINKS = "links"
    """Buttons that open pages."""
    ACTIONS = "actions"
    """Buttons that act at once, and some that open pages."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its default text, its style, and what it asks before it acts."""

    text: str
    style: str = ""
    confirm: str = ""
    states: frozenset[str] = frozenset()
    """The states of an incident that show it without a link; none: it needs a link of its role."""
    acts: bool = False
    """Whether a press acts where an app takes presses."""


ALWAYS_LINKED = "acknowledge"
"""The role whose button opens its page even where a press acts: if Slack cannot reach the gateway,
the page is the way to acknowledge that is left."""

WITHOUT_ACTIONS = frozenset({"rate"})
"""Roles that buttons which act replace."""

_OPEN = frozenset({"firing", "acknowledged"})
_OVER = frozenset({"resolved"})

BUTTONS: Mapping[str, Button] = {
    "acknowledge": Button("Acknowledge", "primary", acts=True),
    "take": Button("Take over", acts=True),
    "undo": Button("Undo", acts=True),
    "accept": Button("Accept", "primary", acts=True),
    "decline": Button("Decline", acts=True),
    "escalate": Button(
        "Escalate", confirm="The next step of the escalation is paged now.", states=_OPEN, acts=True
    ),
    "silence_1h": Button("Silence 1 h", states=_OPEN, acts=True),
    "silence_4h": Button("Silence 4 h", states=_OPEN, acts=True),
    "resolve": Button(
        "Resolve",
        confirm="Everyone who was notified is notified of the end. It opens again if it still "
        "fires after a while.",
        states=_OPEN,
        acts=True,
    ),
    "useful": Button("Useful", states=_OVER, acts=True),
    "noise": Button("Noise", states=_OVER, acts=True),
    "rate": Button("Was it useful?"),
    "runbook": Button("Runbook"),
    "incident": Button("Incident"),
    "list": Button("All incidents"),
    "accept_swap": Button("Accept", "primary", acts=True),
    "decline_swap": Button("Decline", acts=True),
    "oncall": Button("Who is on call"),
    "dashboard": Button("Dashboard"),
    **{f"link_{number}": Button("Link") for number in range(1, MOST_LINKS + 1)},
    "panel": Button("Panel"),
    "image": Button("Graph"),
    "silence": Button("Silence at the source"),
    "source": Button("Source"),
}
"""By role, in the order of use; the links of routes.yaml are numbered."""


def written_links(message: Message) -> str:
    """Return the links as mrkdwn on one line, empty without any."""
    links = [
        slack_link(link.url, link.text or BUTTONS[link.role].text) for link in links_of(message)
    ]
    return " · ".join(links)


def links_of(message: Message) -> Sequence[Link]:
    """Return the links to show, each role once, in the order of use."""
    by_role: dict[str, Link] = {}
    numbers = count(1)
    for link in message.links:
        if link.role == "acknowledge" and message.status != "firing":
            continue
        role = f"link_{next(numbers)}" if link.role == "link" else link.role
        if role in BUTTONS and safe_url(link.url):
            by_role.setdefault(role, replace(link, role=role))
    shown: list[Link] = []
    left = ALL_URLS
    for role in BUTTONS:
        if role in by_role and len(by_role[role].url) <= left:
            shown.append(by_role[role])
            left -= len(by_role[role].url)
    return shown


def button_blocks(message: Message, controls: Controls) -> list[Block]:
    """Return the block of buttons, or none. Without an app that acts, each opens a page."""
    links = {link.role: link for link in links_of(message)}
    acts = controls is Controls.ACTIONS
    about_incident = message.incident > 0 and message.kind not in WITHOUT_INCIDENT
    state = message.status if acts and about_incident else ""
    elements = [
        _element(message, role, button, links.get(role), acts=acts and button.acts)
        for role, button in BUTTONS.items()
        if state in button.states or (role in links and not (acts and role in WITHOUT_ACTIONS))
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def _element(
    message: Message, role: str, button: Button, link: Link | None, *, acts: bool
) -> Block:
    text = one_line(link.text) if link else ""
    element: Block = {
        "type": "button",
        "action_id": f"gateway_{role}",
        "text": {
            "type": "plain_text",
            "text": truncate(text or button.text, BUTTON_TEXT),
            "emoji": False,
        },
        "value": _value(message, role),
    }
    if link is not None and (not acts or role == ALWAYS_LINKED):
        # Slack reports a click on a button with a URL too.
        element["url"] = safe_url(link.url)
    if button.style:
        element["style"] = button.style
    if button.confirm and acts:
        element["confirm"] = {
            "title": {"type": "plain_text", "text": f"{button.text} #{message.incident}?"},
            "text": {"type": "plain_text", "text": button.confirm},
            "confirm": {"type": "plain_text", "text": button.text},
            "deny": {"type": "plain_text", "text": "Cancel"},
        }
    return element


def _value(message: Message, role: str) -> str:
    """Return the number of the incident, for a take-over with the holder, or that of the swap."""
    if role in ("accept_swap", "decline_swap"):
        return _swap_id(message)
    return (
        f"{message.incident}:{_acknowledger(message)}" if role == "take" else f"{message.incident}"
    )


def _swap_id(message: Message) -> str:
    """Return the id of the swap that a message asks about, "0" if its facts have none."""
    shift = message.facts.get("shift")
    swap = shift.get("swap") if isinstance(shift, Mapping) else None
    number = swap.get("id") if isinstance(swap, Mapping) else None
    return str(number) if isinstance(number, int) else "0"


def _acknowledger(message: Message) -> str:
    """Return the id of the person who has acknowledged.

    Slack's limit of a value is 2000.
    """
    ack = message.facts.get("ack")
    by = ack.get("by") if isinstance(ack, Mapping) else None
    return by[:200] if isinstance(by, str) else ""

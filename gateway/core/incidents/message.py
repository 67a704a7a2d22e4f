"""A rendered message for one target: `gateway.render` makes it, and a channel sends it."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.notice import NoticeKind, NotifyReason

Receipt = Mapping[str, str]
"""What a channel stores of a message that it delivered (a Slack ts, a Postmark MessageID)."""


THREAD = "thread"
"""The key of a receipt that names the conversation of the message: a reply in it names it, too."""

NOTE = "note"
"""The key of a receipt with what the timeline says of an accepted message: a copy that failed."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be shown.

    `role` is one of acknowledge, take, undo, accept and decline (a handover), rate, accept_swap,
    decline_swap, runbook, incident, list (of incidents), oncall, dashboard, panel, link (those of
    routes.yaml: the only role that a message may have several of), image, silence, source.
    """

    role: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button that acknowledges by a POST to `url` with `Authorization: Bearer TOKEN`.

    The token is one person's and one incident's, and is valid for a short time.
    """

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Message:
    """One notice as text.

    `parts` are the rendered templates of the channel by name (subject, text, html, title …).
    `dedup_key` is the same for every notice of the incident, at most 255 characters.
    `failed_template` names the template that could not be rendered: the parts are then the
    built-in plain message, which says so. `reduced` asks the channel for its simplest form, because
    the vendor refused the full one. `mentions` are ids, at the target's account, of the people whom
    the same decision pages; a channel checks their form before it mentions anybody. `reply_token`
    is what a reply must bring back to count as the person's; empty for messages to nobody alone.
    `callback_url` is the URL below which the account's vendor may post back about the message; what
    it adds as `?notice=` comes back with it. `urgent`: it may wake people. `button` is for channels
    whose buttons act by themselves, in messages to one person about a firing incident.
    """

    notice_id: int
    incident: int
    kind: NoticeKind
    reason: NotifyReason
    status: str  # firing, acknowledged, resolved
    severity: str
    rank: int
    dedup_key: str
    parts: Mapping[str, str]
    links: tuple[Link, ...]
    facts: StoredFacts
    failed_template: str | None = None
    reduced: bool = False
    mentions: tuple[str, ...] = ()
    reply_token: str = ""
    callback_url: str = ""
    urgent: bool = False
    button: Button | None = None

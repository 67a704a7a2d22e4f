"""Who is on call, as a channel's topic and as a user group.

Both are changed only where they differ: each new topic posts a message in its channel, and each
update of a group notifies its members. Limits and errors: docs.slack.dev, conversations.setTopic
and usergroups.users.update.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from html import unescape
from typing import Any

from gateway.core.incidents.retry import Failure, SendError

MAX_TOPIC = 250
"""Characters of a topic; a longer one is refused as `too_long`."""

_SEPARATOR = " | "

Call = Callable[[str, dict[str, Any]], Awaitable[Mapping[str, Any]]]
"""(method, arguments): one request with form arguments. Raises SendError."""


def topic_with(topic: str, label: str, people: str) -> str:
    """Return a topic that says who is on call; its other parts, separated by "|", stay.

    `label` begins our part, so it is found again. The other parts are cut where all do not fit.
    """
    own = f"{label}: {people}"
    parts = [part.strip() for part in topic.split(_SEPARATOR.strip())]
    others = [part for part in parts if part and not part.startswith(f"{label}:")]
    return _SEPARATOR.join([own, *others])[:MAX_TOPIC].rstrip()


async def show_topic(call: Call, channel: str, label: str, people: str) -> bool:
    """Set a channel's topic if it says something else; return whether it did."""
    answer = await call("conversations.info", {"channel": channel})
    current = _text(answer, "channel", "topic", "value")
    expected = topic_with(current, label, people)
    if expected == current:
        return False
    await call("conversations.setTopic", {"channel": channel, "topic": expected})
    return True


async def show_members(call: Call, usergroup: str, members: Collection[str]) -> bool:
    """Make a user group consist of these members; return whether it had others.

    A group cannot be empty, so without members it stays as it is.
    """
    if not members:
        return False
    answer = await call("usergroups.users.list", {"usergroup": usergroup})
    users = answer.get("users")
    if not isinstance(users, list):
        raise SendError(Failure.BAD_ANSWER, "Slack's answer has no list of users")
    if set(users) == set(members):
        return False
    text = ",".join(sorted(members))
    await call("usergroups.users.update", {"usergroup": usergroup, "users": text})
    return True


def _text(answer: Mapping[str, Any], *path: str) -> str:
    """Return a text of an answer as it was written: it may come back HTML-escaped."""
    value: Any = answer
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return unescape(value) if isinstance(value, str) else ""

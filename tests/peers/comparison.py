"""Notifications of a program in a form that can be compared with another's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Labels = tuple[tuple[str, str], ...]
GroupKey = tuple[str, Labels]
"""A receiver and the labels of a group."""

Shown = frozenset[tuple[Labels, str, str]]
"""Of each alert in a message: its labels, its status and its summary."""


@dataclass(frozen=True)
class Message:
    """One webhook, in seconds from the start."""

    at: float
    shown: Shown
    whole: tuple[str, Labels, Labels]  # the status, the common labels and the common annotations


def by_group(bodies: Iterable[tuple[float, dict[str, Any]]]) -> dict[GroupKey, list[Message]]:
    """Return webhooks by receiver and group, in order."""
    messages: dict[GroupKey, list[Message]] = defaultdict(list)
    for at, body in bodies:
        common = _pairs(body["commonLabels"]), _pairs(body["commonAnnotations"])
        group = (body["receiver"], _pairs(body["groupLabels"]))
        shown = frozenset(map(_alert, body["alerts"]))
        messages[group].append(Message(at, shown, (body["status"], *common)))
    return dict(messages)


def _alert(alert: dict[str, Any]) -> tuple[Labels, str, str]:
    return _pairs(alert["labels"]), alert["status"], alert["annotations"].get("summary", "")


def _pairs(labels: dict[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def differences(
    theirs: list[Message], ours: list[Message], within: float, until: float
) -> list[str]:
    """Return a line for each difference; times may differ by `within` seconds.

    A message that only one side has in the last such seconds before `until` is no difference.
    """
    lines = []
    for number, (them, us) in enumerate(zip_longest(theirs, ours), 1):
        only = us or them if them is None or us is None else None
        if only is not None and only.at > until - within:
            continue
        if them is None or us is None or them.shown != us.shown:
            lines.append(f"message {number}: there {_words(them)}, here {_words(us)}")
        elif them.whole != us.whole:
            lines.append(f"message {number}: there {them.whole}, here {us.whole}")
        elif abs(them.at - us.at) > within:
            lines.append(f"message {number}: there at {them.at:.2f}, here at {us.at:.2f}")
    return lines


def _words(message: Message | None) -> str:
    if message is None:
        return "nothing"
    alerts = [
        f"{dict(labels)['alertname']}/{dict(labels).get('zone', '')} {status} ({summary})"
        for labels, status, summary in sorted(message.shown)
    ]
    return f"at {message.at:.2f}: {', '.join(alerts)}"

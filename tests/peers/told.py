"""What a program told whom, in a form in which two programs can be compared."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Labels = tuple[tuple[str, str], ...]
Place = tuple[str, Labels]
"""A receiver and the labels of a group."""

Shown = frozenset[tuple[Labels, str, str]]
"""Of each alert in a message: its labels, its status and its summary."""


@dataclass(frozen=True)
class Message:
    """One webhook, in seconds from the start."""

    at: float
    shown: Shown
    whole: tuple[str, Labels, Labels]  # the status, the common labels and the common annotations


def by_place(bodies: Iterable[tuple[float, dict[str, Any]]]) -> dict[Place, list[Message]]:
    """Webhooks by receiver and group, in order."""
    found: dict[Place, list[Message]] = defaultdict(list)
    for at, body in bodies:
        common = _pairs(body["commonLabels"]), _pairs(body["commonAnnotations"])
        place = (body["receiver"], _pairs(body["groupLabels"]))
        shown = frozenset(map(_alert, body["alerts"]))
        found[place].append(Message(at, shown, (body["status"], *common)))
    return dict(found)


def _alert(alert: dict[str, Any]) -> tuple[Labels, str, str]:
    return _pairs(alert["labels"]), alert["status"], alert["annotations"].get("summary", "")


def _pairs(labels: dict[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def differences(
    theirs: list[Message], ours: list[Message], within: float, until: float
) -> list[str]:
    """What differs between two lists of messages, in words; times may by `within` seconds.

    What only one side heard in the last such seconds before `until` may have come to the other
    just after.
    """
    said = []
    for number, (them, us) in enumerate(zip_longest(theirs, ours), 1):
        only = us or them if them is None or us is None else None
        if only is not None and only.at > until - within:
            continue
        if them is None or us is None or them.shown != us.shown:
            said.append(f"message {number}: there {_words(them)}, here {_words(us)}")
        elif them.whole != us.whole:
            said.append(f"message {number}: there {them.whole}, here {us.whole}")
        elif abs(them.at - us.at) > within:
            said.append(f"message {number}: there at {them.at:.2f}, here at {us.at:.2f}")
    return said


def _words(message: Message | None) -> str:
    if message is None:
        return "nothing"
    alerts = [
        f"{dict(labels)['alertname']}/{dict(labels).get('zone', '')} {status} ({summary})"
        for labels, status, summary in sorted(message.shown)
    ]
    return f"at {message.at:.2f}: {', '.join(alerts)}"

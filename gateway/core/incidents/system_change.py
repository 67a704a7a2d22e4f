"""Changes of the watched systems, such as deployments, and the incidents that begin after them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.core.actor import Actor

LONGEST_TITLE = 200
LONGEST_LINK = 2000
LONGEST_KEY = 200
MOST_LABELS = 20
LONGEST_LABEL = 200
"""Bounds of a change, in characters and labels. Each is a row, and a line of messages."""

BEFORE = 3600.0
"""Seconds before the start of an incident in which a change counts as a possible cause."""

MOST_SHOWN = 3
"""Changes that an incident shows, the latest first. More would push its alerts off a phone."""


@dataclass(frozen=True, slots=True)
class SystemChange:
    """A deployment, migration or the like. Times are Unix seconds.

    `key` is the sender's id of it, with the source: a later report of the same key replaces it.
    Empty: each report is a change of its own. `status` is a word such as "success", or empty.
    `incidents`: how many began after it, and after no later change.
    """

    id: int
    at: float
    title: str
    link: str
    labels: Mapping[str, str]
    status: str
    key: str
    created_at: float
    actor: Actor
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A change as the incident after it keeps it."""

    id: int
    at: float
    title: str
    link: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def shares_labels(change_labels: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Return whether a change and an alert are about the same thing.

    They must share a label with the same value, such as service, team or environment, and must not
    have different values of any label that both have.
    """
    shared = change_labels.keys() & labels.keys()
    return bool(shared) and all(change_labels[name] == labels[name] for name in shared)


def recent_changes(
    changes: Iterable[SystemChange], labels: Mapping[str, str], began_at: float, opened_at: float
) -> tuple[RecentChange, ...]:
    """Return the changes that an incident shows, the latest first."""
    candidates = [
        one
        for one in changes
        if began_at - BEFORE <= one.at <= opened_at and shares_labels(one.labels, labels)
    ]
    latest = sorted(candidates, key=lambda one: (-one.at, -one.id))[:MOST_SHOWN]
    return tuple(RecentChange(one.id, one.at, one.title, one.link, one.labels) for one in latest)


def changes_to_json(changes: Iterable[RecentChange]) -> list[dict[str, Any]]:
    """Return the changes of an incident as JSON."""
    return [asdict(one) for one in changes]


def changes_from_json(saved: Iterable[Mapping[str, Any]]) -> tuple[RecentChange, ...]:
    """Undo `changes_to_json`."""
    return tuple(RecentChange(**one) for one in saved)

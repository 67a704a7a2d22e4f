"""Values of a calendar that is written: its events and its head."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """One person's stretch on call in one rota. Instants are whole unix seconds UTC.

    `uid` stays the same when the person or the end changes. `sequence` counts the changes of the
    event, and `changed_at` is the last one's time.
    """

    uid: str
    start: int
    end: int
    summary: str
    description: str
    person: str
    sequence: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class PlannedCalendar:
    """A calendar of planned shifts. `refresh` is how often clients should ask, in hours."""

    uid: str
    name: str
    description: str
    url: str
    refresh: int
    changed_at: int
    events: Sequence[PlannedEvent]

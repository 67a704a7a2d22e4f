"""The lines of an incident's timeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TimelineKind(StrEnum):
    """What a line of a timeline records. The values are stored and published."""

    NOTIFIED = "spoke"
    SUPPRESSED = "kept quiet"
    ACKNOWLEDGED = "acknowledged"
    TAKEN_OVER = "taken over"
    GIVEN_BACK = "given back"
    ACK_UNDONE = "acknowledgement undone"
    ACK_EXPIRED = "acknowledgement expired"
    REOPENED = "reopened"  # it got worse than what was acknowledged
    OPENED_AGAIN = "opened again"  # after it was resolved by hand
    EXTENDED = "acknowledgement extended"
    OFFERED = "handed over"  # to somebody who has not accepted yet
    OFFER_ENDED = "handover ended"  # declined, or withdrawn
    RESPONDS = "responds"  # a second person, beside the one who acknowledged
    COMMENTED = "comment"
    PAGED = "paged"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze ended"
    MERGED = "merged"
    UNMERGED = "unmerged"
    LINKED = "linked"
    UNLINKED = "unlinked"
    RATED = "rated"
    TEAM_CHANGED = "team changed"
    FOLLOW_UP = "follow-up"  # something to do after the end
    ESCALATED = "escalated"
    STEP_EMPTY = "nobody reached"  # a step, or a part of it, has no targets
    PERSONAL_RULE = "notification rule"  # a further contact of a person was notified
    QUIET_HOURS = "quiet hours"  # a person is notified when they end
    SKIPPED = "skipped"  # a step whose `when` does not hold; a contact that is lacking or unusable
    FELL_BACK = "fell back"
    MISSED = "missed"  # the time to acknowledge passed without an acknowledgement
    RESOLVED = "resolved"
    DELIVERED = "delivered"
    FAILED = "failed"
    GIVEN_UP = "given up"
    TRUNCATED = "left out"  # the source sent fewer alerts than it has

    @property
    def label(self) -> str:
        """The words for people, on pages and in the CLI."""
        return _LABELS.get(self, self.value)


_LABELS = {
    TimelineKind.NOTIFIED: "notified",
    TimelineKind.SUPPRESSED: "suppressed",
    TimelineKind.STEP_EMPTY: "no targets",
    TimelineKind.FELL_BACK: "fallback",
    TimelineKind.TRUNCATED: "truncated",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an incident's timeline. `at` is in Unix seconds."""

    at: float
    kind: TimelineKind
    text: str
    data: Mapping[str, Any]

"""Notices: one message to one target for one reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gateway.core.plan.plan import Target


class NoticeKind(StrEnum):
    """What a notice is about. It chooses the template."""

    FIRING = "firing"  # first, new alerts, some resolved, the end of a mute or silence
    REPEAT = "repeat"
    WORSE = "worse"
    ESCALATION = "escalation"
    MISSED = "missed"  # nobody acknowledged in time
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"  # undone by a person, or expired
    UPDATE = "update"  # what else somebody did with it: a comment, a snooze, an offer
    RESOLVED = "resolved"
    LATE = "late"  # fired and resolved before this target could be reached
    DIGEST = "digest"  # many less urgent notices to one target in one message
    TEST = "test"
    HANDOVER = "handover"  # what the next on call must know
    REMINDER = "reminder"  # a shift begins soon
    SHIFTS_CHANGED = "shifts-changed"  # a person has other shifts than before
    ON_CALL = "on-call"  # who is on call now, for the team's channel
    SWAP = "swap"  # somebody asks for an exchange of shifts, or answers
    REPORT = "report"  # figures of a day or a week


SHIFT_KINDS = frozenset(
    {
        NoticeKind.HANDOVER,
        NoticeKind.REMINDER,
        NoticeKind.SHIFTS_CHANGED,
        NoticeKind.ON_CALL,
        NoticeKind.SWAP,
    }
)
"""Kinds about shifts and not about an incident. Their notices have a subject instead."""


class SubjectKind(StrEnum):
    """What a notice without an incident is about. The values are stored."""

    ROTA = "rota"
    PERSON = "person"  # a person's shifts
    SWAP = "swap"
    REPORT = "report"  # a scheduled report, of one instant


class Subject(NamedTuple):
    """What a notice without an incident is about: with the target, its queue."""

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


def parse_subject(text: str) -> Subject:
    """Return a stored subject. Raises ValueError for a kind that no release wrote."""
    kind, _, id_ = text.partition(":")
    return Subject(SubjectKind(kind), id_)


class NotifyReason(StrEnum):
    """Why a notice is sent. The same word reaches log, metric, timeline and message."""

    FIRST = "first"
    NEW_ALERTS = "new alerts"
    SOME_RESOLVED = "some resolved"
    RESOLVED = "resolved"
    REPEAT = "repeat"
    WORSE = "worse severity"
    ESCALATION = "escalation"
    MISSED = "missed"
    PERSONAL_RULE = "notification rule"
    QUIET_ENDED = "quiet hours ended"
    ACKNOWLEDGED = "acknowledged"
    TAKEN_OVER = "taken over"
    GIVEN_BACK = "given back"
    ACK_UNDONE = "acknowledgement undone"
    ACK_EXPIRED = "acknowledgement expired"
    ACK_EXPIRES = "acknowledgement expires soon"
    EXTENDED = "acknowledgement extended"
    OFFERED = "handed over"
    OFFER_ENDED = "handover ended"
    COMMENTED = "comment"
    ANSWERED = "answer"
    PAGED = "paged"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze ended"
    CLOSED = "resolved by hand"
    REOPENED = "reopened"
    MERGED = "merged"
    UNMERGED = "unmerged"
    MUTE_ENDED = "mute ended"
    SILENCE_ENDED = "silence ended"
    FLAPPING = "flapping"
    FALLBACK = "fallback"
    MOVED = "moved by reload"
    DIGEST = "digest"
    TEST = "test"
    HANDOVER = "handover"
    SHIFT_BEGINS = "shift begins"
    SHIFTS_CHANGED = "shifts changed"
    ON_CALL_CHANGED = "on call changed"
    SWAP_ASKED = "swap asked"
    SWAP_ANSWERED = "swap answered"
    SCHEDULED = "scheduled"


END_KINDS = frozenset({NoticeKind.RESOLVED, NoticeKind.LATE})
"""Kinds that notify a target of an incident's end."""

FIRING_KINDS = frozenset(
    {
        NoticeKind.FIRING,
        NoticeKind.REPEAT,
        NoticeKind.WORSE,
        NoticeKind.ESCALATION,
        NoticeKind.MISSED,
        NoticeKind.UNACKNOWLEDGED,
        NoticeKind.DIGEST,
    }
)
"""Kinds that say that the incident fires: a target that got one is notified of its end."""

SILENT_REASONS = frozenset({NotifyReason.SOME_RESOLVED, NotifyReason.MISSED})
"""Reasons for which a message is edited in place where the channel can, without a sound."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice as the core decides it; the store gives it an id and puts it into a queue."""

    target: Target
    kind: NoticeKind
    reason: NotifyReason
    rank: int
    quiet: bool = False  # an update in place: channels that cannot edit messages skip it
    not_before: float | None = None  # Unix seconds; None: it is sent at once

"""Notices: one message to one target for one reason."""

from dataclasses import dataclass
from enum import StrEnum

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
    RESOLVED = "resolved"
    LATE = "late"  # fired and resolved before this target could be reached
    DIGEST = "digest"  # many less urgent notices to one target in one message
    TEST = "test"


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
    MUTE_ENDED = "mute ended"
    SILENCE_ENDED = "silence ended"
    FLAPPING = "flapping"
    FALLBACK = "fallback"
    MOVED = "moved by reload"
    DIGEST = "digest"
    TEST = "test"


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

"""Notices: one message to one target for one reason, and the facts it is frozen with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.core.plan.plan import Target

Facts = Mapping[str, Any]
"""A JSON object, frozen when the decision was made; `gateway.core.decide.facts` builds it."""


class NoticeKind(StrEnum):
    """What a notice is about. It picks the template."""

    FIRING = "firing"  # the first word, new alerts, some resolved, the end of a mute
    REPEAT = "repeat"
    WORSE = "worse"
    ESCALATION = "escalation"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"  # undone by a person, or expired
    RESOLVED = "resolved"
    LATE = "late"  # fired and resolved before this target could be reached
    DIGEST = "digest"  # many lesser notices to one target folded into one
    TEST = "test"


class NotifyReason(StrEnum):
    """Why we speak, or why we do not. The same word reaches log, metric, timeline and message."""

    FIRST = "first"
    NEW_ALERTS = "new alerts"
    SOME_RESOLVED = "some resolved"
    RESOLVED = "resolved"
    REPEAT = "repeat"
    WORSE = "worse severity"
    ESCALATION = "escalation"
    ACKNOWLEDGED = "acknowledged"
    TAKEN_OVER = "taken over"
    GIVEN_BACK = "given back"
    ACK_UNDONE = "acknowledgement undone"
    ACK_EXPIRED = "acknowledgement expired"
    MUTE_ENDED = "mute ended"
    SILENCE_ENDED = "silence ended"
    FLAPPING = "flapping"  # a reason to speak now and then, and to keep quiet meanwhile
    FALLBACK = "fallback"
    MOVED = "moved by reload"
    DIGEST = "digest"
    TEST = "test"
    # why not
    WAITING = "group wait"
    NOTHING_NEW = "nothing new"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    MUTED = "muted"
    HELD_BY_ACK = "acknowledged"  # an alias: the same word, heard as a reason for silence
    RESOLVED_EARLY = "resolved before anybody was told"
    NOBODY_TO_TELL = "nobody to tell"


SPEAKS_OF_FIRING = frozenset(
    {
        NoticeKind.FIRING,
        NoticeKind.REPEAT,
        NoticeKind.WORSE,
        NoticeKind.ESCALATION,
        NoticeKind.UNACKNOWLEDGED,
        NoticeKind.DIGEST,
    }
)
"""Kinds after which a target knows that the incident burns, and is owed its end."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice as the core decides it; the store gives it an id and a place in its lane."""

    target: Target
    kind: NoticeKind
    reason: NotifyReason
    rank: int
    quiet: bool = False  # only worth an update in place: channels that cannot edit skip it


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an incident's timeline."""

    at: float
    kind: str  # spoke, kept quiet, acknowledged, escalated, resolved, delivered, failed, …
    text: str
    data: Mapping[str, Any]

"""The transitions of an incident: whom an event notifies in each state, and what it changes.

Steps of an evaluation find out which event has happened; this table says what follows. An event
that is not in the table for a state cannot happen in it. docs/incident-states.md is generated from
it (`gateway.config.export.incident_states`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NoticeKind, NotifyReason


class Recipients(StrEnum):
    """Who is notified of an event."""

    GROUP = "the receiver and the escalation steps taken so far"
    NOTIFIED = "everyone notified so far"
    STEP = "the targets of the next escalation step"
    FALLBACK = "the fallback receiver"
    PERSON = "a further contact of somebody whom the escalation has reached"
    NAMED = "whom the person who acts has named"
    HOLDER = "the person who acknowledged"


class Timer(StrEnum):
    """What an event does to the escalation."""

    KEEP = "goes on"
    START = "starts"
    RESTART = "starts after the time to acknowledge"
    POSTPONE = "gives an overdue step its whole wait again"
    RESUME = "resumes after the last step's wait"
    PAUSE = "pauses"
    END = "ends"


class Rules(StrEnum):
    """What an event does to the personal rules of those whom the escalation has reached."""

    KEEP = "go on"
    RESTART = "begin again"
    PAUSE = "pause"
    RESUME = "begin again with contacts not notified yet"
    END = "end"


@dataclass(frozen=True, slots=True)
class Transition:
    """What follows from an event. `state` None: it stays as it is.

    `acknowledge_by`: the time to acknowledge counts from this event.
    """

    kind: NoticeKind
    to: Recipients
    escalation: Timer = Timer.KEEP
    state: State | None = None
    acknowledge_by: bool = False
    rules: Rules = Rules.KEEP


_GROUP = Transition(NoticeKind.FIRING, Recipients.GROUP)
_ANNOUNCE = Transition(
    NoticeKind.FIRING,
    Recipients.GROUP,
    escalation=Timer.START,
    acknowledge_by=True,
    rules=Rules.RESTART,
)
_ESCALATE = Transition(NoticeKind.ESCALATION, Recipients.STEP, rules=Rules.RESTART)
_SHOW_AGAIN = Transition(
    NoticeKind.FIRING,
    Recipients.GROUP,
    escalation=Timer.POSTPONE,
    acknowledge_by=True,
    rules=Rules.RESTART,
)
_WORSE = Transition(
    NoticeKind.WORSE,
    Recipients.GROUP,
    Timer.START,
    State.FIRING,
    acknowledge_by=True,
    rules=Rules.RESTART,
)
_PERSONAL_RULE = Transition(NoticeKind.ESCALATION, Recipients.PERSON)
_QUIET_ENDED = Transition(NoticeKind.FIRING, Recipients.PERSON)
_TAKEN = Transition(
    NoticeKind.ACKNOWLEDGED,
    Recipients.NOTIFIED,
    Timer.PAUSE,
    State.ACKNOWLEDGED,
    rules=Rules.PAUSE,
)
_RELEASED = Transition(
    NoticeKind.UNACKNOWLEDGED,
    Recipients.NOTIFIED,
    Timer.RESUME,
    State.FIRING,
    acknowledge_by=True,
    rules=Rules.RESUME,
)
_EXPIRED = Transition(
    NoticeKind.UNACKNOWLEDGED,
    Recipients.GROUP,
    Timer.RESTART,
    State.FIRING,
    acknowledge_by=True,
    rules=Rules.RESTART,
)
_RESOLVED = Transition(
    NoticeKind.RESOLVED, Recipients.NOTIFIED, Timer.END, State.RESOLVED, rules=Rules.END
)
_UPDATE = Transition(NoticeKind.UPDATE, Recipients.NOTIFIED)
_ANSWER = Transition(NoticeKind.UPDATE, Recipients.NAMED)
_PAGED = Transition(NoticeKind.ESCALATION, Recipients.NAMED)
_MERGED = Transition(
    NoticeKind.RESOLVED, Recipients.NOTIFIED, Timer.END, State.FIRING, rules=Rules.END
)
_REOPENED = Transition(
    NoticeKind.FIRING,
    Recipients.GROUP,
    Timer.START,
    State.FIRING,
    acknowledge_by=True,
    rules=Rules.RESTART,
)

TRANSITIONS: Mapping[tuple[State, NotifyReason], Transition] = {
    (State.FIRING, NotifyReason.FIRST): _ANNOUNCE,
    (State.FIRING, NotifyReason.NEW_ALERTS): _GROUP,
    (State.FIRING, NotifyReason.SOME_RESOLVED): _GROUP,
    (State.FIRING, NotifyReason.FLAPPING): _GROUP,
    (State.FIRING, NotifyReason.MUTE_ENDED): _SHOW_AGAIN,
    (State.FIRING, NotifyReason.SILENCE_ENDED): _SHOW_AGAIN,
    (State.FIRING, NotifyReason.REPEAT): Transition(
        NoticeKind.REPEAT, Recipients.GROUP, rules=Rules.RESTART
    ),
    (State.FIRING, NotifyReason.WORSE): _WORSE,
    (State.FIRING, NotifyReason.ESCALATION): _ESCALATE,
    (State.FIRING, NotifyReason.MISSED): Transition(NoticeKind.MISSED, Recipients.NOTIFIED),
    (State.FIRING, NotifyReason.PERSONAL_RULE): _PERSONAL_RULE,
    (State.FIRING, NotifyReason.QUIET_ENDED): _QUIET_ENDED,
    (State.FIRING, NotifyReason.FALLBACK): Transition(NoticeKind.ESCALATION, Recipients.FALLBACK),
    (State.FIRING, NotifyReason.ACKNOWLEDGED): _TAKEN,
    (State.FIRING, NotifyReason.RESOLVED): _RESOLVED,
    (State.FIRING, NotifyReason.MOVED): _RESOLVED,
    (State.FIRING, NotifyReason.CLOSED): _RESOLVED,
    (State.FIRING, NotifyReason.MERGED): _MERGED,
    (State.FIRING, NotifyReason.PAGED): _PAGED,
    (State.FIRING, NotifyReason.COMMENTED): _UPDATE,
    (State.FIRING, NotifyReason.ANSWERED): _ANSWER,
    (State.FIRING, NotifyReason.SNOOZED): _UPDATE,
    (State.FIRING, NotifyReason.SNOOZE_ENDED): _SHOW_AGAIN,
    (State.FIRING, NotifyReason.UNMERGED): _SHOW_AGAIN,
    # Alerts that the acknowledgement does not cover may be notified for the first time.
    (State.ACKNOWLEDGED, NotifyReason.FIRST): _ANNOUNCE,
    (State.ACKNOWLEDGED, NotifyReason.NEW_ALERTS): _GROUP,
    (State.ACKNOWLEDGED, NotifyReason.SOME_RESOLVED): _GROUP,
    (State.ACKNOWLEDGED, NotifyReason.FLAPPING): _GROUP,
    (State.ACKNOWLEDGED, NotifyReason.QUIET_ENDED): _QUIET_ENDED,
    (State.ACKNOWLEDGED, NotifyReason.WORSE): _WORSE,
    (State.ACKNOWLEDGED, NotifyReason.ACKNOWLEDGED): _TAKEN,
    (State.ACKNOWLEDGED, NotifyReason.TAKEN_OVER): _TAKEN,
    (State.ACKNOWLEDGED, NotifyReason.GIVEN_BACK): _TAKEN,
    (State.ACKNOWLEDGED, NotifyReason.ACK_UNDONE): _RELEASED,
    (State.ACKNOWLEDGED, NotifyReason.ACK_EXPIRED): _EXPIRED,
    (State.ACKNOWLEDGED, NotifyReason.RESOLVED): _RESOLVED,
    (State.ACKNOWLEDGED, NotifyReason.MOVED): _RESOLVED,
    (State.ACKNOWLEDGED, NotifyReason.CLOSED): _RESOLVED,
    (State.ACKNOWLEDGED, NotifyReason.MERGED): _MERGED,
    # Somebody escalates by hand or calls for help; the acknowledgement stays.
    (State.ACKNOWLEDGED, NotifyReason.ESCALATION): Transition(
        NoticeKind.ESCALATION, Recipients.STEP
    ),
    (State.ACKNOWLEDGED, NotifyReason.PERSONAL_RULE): _PERSONAL_RULE,
    (State.ACKNOWLEDGED, NotifyReason.PAGED): _PAGED,
    (State.ACKNOWLEDGED, NotifyReason.OFFERED): _PAGED,
    (State.ACKNOWLEDGED, NotifyReason.OFFER_ENDED): _UPDATE,
    (State.ACKNOWLEDGED, NotifyReason.EXTENDED): _UPDATE,
    (State.ACKNOWLEDGED, NotifyReason.ACK_EXPIRES): Transition(
        NoticeKind.UPDATE, Recipients.HOLDER
    ),
    (State.ACKNOWLEDGED, NotifyReason.COMMENTED): _UPDATE,
    (State.ACKNOWLEDGED, NotifyReason.ANSWERED): _ANSWER,
    (State.ACKNOWLEDGED, NotifyReason.SNOOZED): _UPDATE,
    (State.RESOLVED, NotifyReason.COMMENTED): _UPDATE,
    (State.RESOLVED, NotifyReason.ANSWERED): _ANSWER,
    (State.RESOLVED, NotifyReason.REOPENED): _REOPENED,
}
"""What each event leads to. DIGEST and TEST are reasons of the outbox and of `gateway test`."""

"""What an evaluation and an action return."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.facts import Facts
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NewNotice, NotifyReason
from gateway.core.incidents.suppression import SuppressReason
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.plan.round_robin import Turn

Reason = NotifyReason | SuppressReason


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one evaluation of an incident: to be saved in one transaction."""

    incident: Incident
    notices: tuple[NewNotice, ...]
    entries: tuple[TimelineEntry, ...]
    members: tuple[Member, ...]  # those whose notified or acknowledged state changed
    facts: Facts | None  # None without notices
    reasons: tuple[Reason, ...]  # for the metric: why it notifies, or why not
    left: tuple[Alert, ...] = ()  # alerts that fire on after the end: they open another incident
    turns: tuple[Turn, ...] = ()  # of round robin, that this decision took
    ended: tuple[Alert, ...] = ()  # alerts that this decision ends, because no source will


class ActionOutcome(StrEnum):
    """How an action of a person ended. The values are published."""

    DONE = "acknowledged"
    ALREADY = "already acknowledged"
    RESOLVED = "already resolved"
    UNDONE = "acknowledgement undone"
    NOT_ACKNOWLEDGED = "not acknowledged"
    TAKEN_OVER = "taken over"
    HELD = "acknowledged by somebody else"
    GIVEN_BACK = "given back"
    NOT_GIVEN_BACK = "not given back"
    RESPONDS = "responds"
    EXTENDED = "acknowledgement extended"
    OFFERED = "handed over"
    OFFER_ENDED = "handover ended"
    COMMENTED = "commented"
    ESCALATED = "escalated"
    PAGED = "paged"
    CLOSED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze ended"
    MERGED = "merged"
    UNMERGED = "unmerged"
    LINKED = "linked"
    UNLINKED = "unlinked"
    USEFUL = "marked useful"
    NOISE = "marked as noise"
    UNRATED = "mark removed"
    TEAM_CHANGED = "team changed"
    ANSWERED = "answered"
    REFUSED = "refused"


REFUSING = frozenset(
    {
        ActionOutcome.RESOLVED,
        ActionOutcome.NOT_ACKNOWLEDGED,
        ActionOutcome.HELD,
        ActionOutcome.NOT_GIVEN_BACK,
        ActionOutcome.REFUSED,
    }
)
"""Outcomes that changed nothing, because the action was not possible."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The outcome for the person, and the decision to save (None when nothing changes).

    `why` says what is wrong with an action that is refused, and what to do; `field` is the argument
    that is wrong. `other` is the decision about a second incident.
    """

    answer: ActionOutcome
    incident: Incident
    decision: Decision | None = None
    why: str = ""
    field: str = ""
    other: Decision | None = None


def refused(incident: Incident, why: str, field: str = "number") -> ActionResult:
    """Return that the action is refused."""
    return ActionResult(ActionOutcome.REFUSED, incident, why=why, field=field)

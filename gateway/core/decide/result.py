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


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The outcome for the person, and the decision to save (None when nothing changes)."""

    answer: ActionOutcome
    incident: Incident
    decision: Decision | None = None

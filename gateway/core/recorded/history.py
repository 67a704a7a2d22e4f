"""Recorded history: episodes of alerts, and what people did about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.actions.table import ActionName
from gateway.core.alerts.labels import Labels
from gateway.core.decide.result import ActionOutcome


@dataclass(frozen=True, slots=True)
class RecordedAlert:
    """One episode. `ends_at` None: it still fired at the end of the span."""

    labels: Labels
    starts_at: float
    ends_at: float | None = None
    annotations: Labels = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """What a person did about the incident of these alerts, each with all of its labels."""

    name: str
    at: float
    by: str
    via: str
    alerts: tuple[Labels, ...]


ACTION_OF: Mapping[ActionOutcome, ActionName] = {
    ActionOutcome.DONE: ActionName.ACK,
    ActionOutcome.UNDONE: ActionName.UNACK,
    ActionOutcome.TAKEN_OVER: ActionName.TAKE,
    ActionOutcome.GIVEN_BACK: ActionName.BACK,
    ActionOutcome.ESCALATED: ActionName.ESCALATE,
    ActionOutcome.CLOSED: ActionName.RESOLVE,
    ActionOutcome.REOPENED: ActionName.REOPEN,
}
"""The actions that can be done again about other incidents with the same alerts, by the outcome
that is stored. Others name incidents, people or times that another routes.yaml may lack."""

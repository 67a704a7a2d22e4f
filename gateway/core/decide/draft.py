"""The part of an incident that an evaluation changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.incidents.incident import Ack, EscalationState, Incident, State
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.incidents.responses import Responses
from gateway.core.incidents.suppression import Suppression
from gateway.core.plan.plan import Target


@dataclass(slots=True)
class Draft:
    """Mutable, and private to one evaluation. The fields are those of `Incident`."""

    state: State
    flushed: bool
    notified_at: float | None
    rank: int | None
    severity: str
    ack: Ack | None
    escalation: EscalationState | None
    notified_targets: Mapping[str, Target]
    notification_pending: bool
    suppressions: tuple[Suppression, ...]
    respond_by: float | None
    resolved_at: float | None
    beginnings: tuple[float, ...]
    flapping_notified_at: float | None
    missed_at: float | None
    personal: tuple[PersonalState, ...]
    responses: Responses

    @classmethod
    def of(cls, incident: Incident) -> "Draft":
        """Begin with the stored incident."""
        return cls(
            incident.state,
            incident.flushed,
            incident.notified_at,
            incident.rank,
            incident.severity,
            incident.ack,
            incident.escalation,
            incident.notified_targets,
            incident.notification_pending,
            incident.suppressions,
            incident.respond_by,
            incident.resolved_at,
            incident.beginnings,
            incident.flapping_notified_at,
            incident.missed_at,
            incident.personal,
            incident.responses,
        )

    @property
    def open(self) -> bool:
        """Whether it is not resolved."""
        return self.state is not State.RESOLVED

    def applied_to(self, incident: Incident, *, since: float, due_at: float | None) -> Incident:
        """Return the incident with these fields, and the two that are computed at the end."""
        # By position, and not by `replace`, which takes four times as long: every decision does it.
        return Incident(
            incident.number,
            incident.group_key,
            incident.route_id,
            incident.receiver,
            incident.group_labels,
            incident.opened_at,
            due_at,
            self.state,
            incident.tick_at,
            self.flushed,
            self.notified_at,
            self.rank,
            self.severity,
            self.ack,
            self.escalation,
            self.notified_targets,
            self.notification_pending,
            self.suppressions,
            self.respond_by,
            self.resolved_at,
            self.beginnings,
            self.flapping_notified_at,
            incident.truncated,
            incident.title,
            since,
            self.missed_at,
            self.personal,
            incident.team,
            self.responses,
            incident.previous,
            incident.changes,
        )

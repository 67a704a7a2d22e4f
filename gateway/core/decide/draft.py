"""The part of an incident that an evaluation changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.core.incidents.incident import Ack, EscalationState, Incident, State
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
        )

    @property
    def open(self) -> bool:
        """Whether it is not resolved."""
        return self.state is not State.RESOLVED

    def applied_to(self, incident: Incident, *, since: float, due_at: float | None) -> Incident:
        """Return the incident with these fields, and the two that are computed at the end."""
        return replace(
            incident,
            state=self.state,
            flushed=self.flushed,
            notified_at=self.notified_at,
            rank=self.rank,
            severity=self.severity,
            ack=self.ack,
            escalation=self.escalation,
            notified_targets=self.notified_targets,
            notification_pending=self.notification_pending,
            suppressions=self.suppressions,
            respond_by=self.respond_by,
            resolved_at=self.resolved_at,
            beginnings=self.beginnings,
            flapping_notified_at=self.flapping_notified_at,
            since=since,
            due_at=due_at,
        )

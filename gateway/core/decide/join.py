"""An alert joins its group's incident, or opens one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.core.alerts.alert import MANUAL_SOURCE, Alert
from gateway.core.decide.facts import title
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.responses import Previous
from gateway.core.incidents.system_change import SystemChange, recent_changes
from gateway.core.plan.intervals import interval, next_tick
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import Route


@dataclass(frozen=True, slots=True)
class GroupTarget:
    """A group that an alert belongs to: its route, its labels, and its key in the database."""

    route: Route
    group: Mapping[str, str]
    key: str


def is_manual(alert: Alert) -> bool:
    """Return whether a person has made the alert: it does not wait for others of its group."""
    return alert.source == MANUAL_SOURCE


def open_incident(
    target: GroupTarget,
    alert: Alert,
    plan: Plan,
    now: float,
    *,
    earlier: Iterable[float] = (),
    team: str = "",
    previous: Previous | None = None,
    changes: Iterable[SystemChange] = (),
) -> Incident:
    """Return a new incident of the group, opened at `now` by `alert`; number 0 until stored.

    `team` is the id of the team that it belongs to. `earlier` are the instants at which the group
    began before (E36), and `previous` is the last incident of the group. `changes` are those of
    all systems lately. The first flush comes after group_wait, counted from now and not from the
    alert's start: the rest of the group, and what inhibits it, may still be on the way (E7).
    """
    severity = plan.severity_of(alert.labels)
    route, group = target.route, target.group
    began_at = min(alert.starts_at, now)
    flush_at = now if is_manual(alert) else now + interval("group_wait", route, severity)
    return Incident(
        number=0,
        group_key=target.key,
        route_id=route.id,
        receiver=route.receiver,
        group_labels=dict(group),
        opened_at=now,
        due_at=flush_at,
        tick_at=flush_at,
        severity=severity.name,
        beginnings=plan.flapping.after(earlier, now),
        since=began_at,
        title=title(group, dict(alert.labels), dict(alert.annotations)),
        team=team,
        previous=previous,
        changes=recent_changes(changes, alert.labels, began_at, now),
    )


def reschedule(incident: Incident, alert: Alert, plan: Plan, now: float) -> Incident:
    """Return the incident with its next due time after `alert` fired, changed or ended at `now`.

    Before the first flush a more urgent alert shortens the wait. After it, news wait for the
    next tick of group_interval, except severity worse than what was notified (or acknowledged):
    that waits for its own group_wait at most. Returns the same object when nothing changes.
    """
    severity, route = plan.severity_of(alert.labels), plan.route(incident.route_id)
    firing = alert.ends_at is None or alert.ends_at > now
    urgent = now if is_manual(alert) else now + interval("group_wait", route, severity)
    if not incident.flushed:
        flush_at = min(incident.tick_at, urgent) if firing else incident.tick_at
        if flush_at == incident.tick_at == incident.due_at:
            return incident
        return replace(incident, tick_at=flush_at, due_at=flush_at)
    known = incident.ack.rank if incident.ack else incident.rank
    due_at = next_tick(incident.tick_at, interval("group_interval", route, severity), now)
    if firing and (is_manual(alert) or (known is not None and severity.rank < known)):
        due_at = min(due_at, urgent)
    if incident.due_at is not None:
        due_at = min(due_at, incident.due_at)
    return incident if due_at == incident.due_at else replace(incident, due_at=due_at)

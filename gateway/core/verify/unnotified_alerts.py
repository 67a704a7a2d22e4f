"""Check that each firing alert of an open incident was notified or will be soon."""

from collections.abc import Iterator

from gateway.core.plan.intervals import interval
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Severity
from gateway.core.verify.alert_text import alert_text
from gateway.core.verify.decisions import LATE_AFTER
from gateway.core.verify.facts import Circumstances, IncidentFacts
from gateway.core.verify.promise import BrokenPromise, Check


def may_have_unnotified(incident: IncidentFacts) -> bool:
    """Return whether alerts of an incident must be notified: nothing excuses all of them."""
    excused = incident.merged or incident.suppressed or incident.pending
    return incident.open and incident.flushed and not excused


def check_alerts(incident: IncidentFacts, circumstances: Circumstances) -> Iterator[BrokenPromise]:
    """Report alerts that are in no notification although nothing suppresses them.

    News wait for the next tick of the group interval, and the incident is due then. If it is due
    later, nothing is planned for them.
    """
    if not incident.unnotified or incident.due_at is None:
        return
    wait = _group_interval(circumstances.plan, incident)
    if incident.due_at <= circumstances.now + wait + LATE_AFTER:
        return
    for labels in incident.unnotified:
        name = alert_text(labels)
        what = f"{name} fires in it and is in no notification, and nothing suppresses it"
        yield BrokenPromise(
            Check.ALERT_NOT_NOTIFIED, circumstances.now, what, incident.number, subject=name
        )


def _group_interval(plan: Plan, incident: IncidentFacts) -> float:
    severity = plan.severities.get(incident.severity) or Severity(incident.severity, UNKNOWN_RANK)
    return interval("group_interval", plan.route(incident.route_id), severity)

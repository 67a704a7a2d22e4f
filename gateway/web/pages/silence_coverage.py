"""Counts of the alerts and incidents that silences cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.silence import Silence, SilenceIndex
from gateway.core.plan.plan import Plan
from gateway.core.routing.silence_scope import incident_matchers
from gateway.store import Tx
from gateway.store.queries import active_alerts
from gateway.store.state import alerts, incidents, members
from gateway.web.http.access import require_read_access as require_read_access

MOST_COUNTED = 1000
"""Active alerts up to which the list counts how many each silence covers."""


@dataclass(slots=True)
class _CoverageCount:
    """The firing alerts that a silence covers, counted, and their incidents."""

    alerts: int = 0
    incidents: set[int] = field(default_factory=set)


def coverage(tx: Tx, active: Sequence[Silence], now: float) -> Mapping[str, str] | None:
    """Return what each silence covers, as text by id; None with too many active alerts."""
    if not active:
        return {}
    serials = active_alerts.serials_up_to(tx, now, MOST_COUNTED)
    if serials is None:
        return None
    index, firing = SilenceIndex(active), alerts.active_by_serial(tx, now, serials)
    numbers = members.open_numbers_of(tx, [alert.identity for alert in firing])
    counts = {one.id: _CoverageCount() for one in active}
    for alert in firing:
        for silence in index.silencing(alert.labels, now):
            counts[silence.id].alerts += 1
            counts[silence.id].incidents.update(numbers.get(alert.identity, ()))
    return {
        name: _coverage_text(count.alerts, len(count.incidents)) for name, count in counts.items()
    }


def _coverage_text(firing: int, incidents: int) -> str:
    if not firing:
        return "No firing alert matches."
    of = f" of {incidents} incident{'s' if incidents > 1 else ''}" if incidents else ""
    return f"Silences {firing} firing alert{'s' if firing > 1 else ''}{of}."


def covered_incidents(
    tx: Tx, first_alerts: Sequence[Alert], silence: Silence, plan: Plan
) -> tuple[Mapping[str, Sequence[int]], int | None]:
    """Return the open incidents by alert identity, and the one that the silence covers exactly."""
    numbers = members.open_numbers_of(tx, [alert.identity for alert in first_alerts])
    for number in sorted({number for some in numbers.values() for number in some}):
        incident = incidents.get(tx, number)
        if incident is None:
            continue
        matchers = incident_matchers(plan.root, incident.route_id, incident.group_labels)
        if frozenset(matchers) == frozenset(silence.matchers):
            return numbers, number
    return numbers, None

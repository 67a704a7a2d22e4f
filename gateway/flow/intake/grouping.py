"""Assignment of reported alerts to incidents: what one transaction of intake does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.core.alerts.alert import Alert, merge
from gateway.core.alerts.episode import begins_episode, episode_of
from gateway.core.decide.join import GroupTarget, open_incident, reschedule
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.system_change import BEFORE
from gateway.core.plan.plan import Plan
from gateway.flow.intake.route_cache import RouteCache, route_cache
from gateway.store import Tx
from gateway.store.state import (
    alerts,
    episodes,
    incidents,
    members,
    schedule,
    system_changes,
)

MOST_CHANGES = 200
"""Changes of the last hours that new incidents are compared with, the latest."""

LATELY = 7 * 86400.0
"""Seconds within which an earlier incident of the same group counts as its predecessor."""


@dataclass(slots=True)
class IntakeResult:
    """What one transaction of intake did."""

    stored: list[Alert] = field(default_factory=list)
    next_due: float | None = None
    opened: int = 0
    ignored: int = 0  # resolved alerts that are not in the database (E5)


def is_news(old: Alert, new: Alert, now: float) -> bool:
    """Return whether the alert's incident must be evaluated because of a report.

    It must be for an end, for a new episode, and for an end that is sooner than the inferred one,
    because `due_at` was planned for that.
    """
    if new.is_resolved(now) != old.is_resolved(now) or new.starts_at > old.starts_at:
        return True
    return new.ends_at is not None and old.ends_at is not None and new.ends_at < old.ends_at


def store_alerts(tx: Tx, batch: Sequence[Alert], plan: Plan, now: float) -> IntakeResult:
    """Store reported alerts and assign those with news to incidents."""
    result = IntakeResult()
    before = alerts.by_identity(tx, list({alert.identity for alert in batch}))
    after: dict[str, Alert] = {}
    news: set[str] = set()
    fired: dict[str, Alert] = {}
    overwritten: list[Alert] = []
    for alert in batch:
        old = after.get(alert.identity) or before.get(alert.identity)
        if old is None:
            if alert.is_resolved(now):
                result.ignored += 1
                continue
            new = alert
            news.add(alert.identity)
        else:
            new = merge(old, alert, now)
            if is_news(old, new, now):
                news.add(alert.identity)
                if begins_episode(old, new):
                    overwritten.append(old)
        if alert.identity in news and not new.is_resolved(now):
            fired[alert.identity] = new
        after[alert.identity] = new
    ids = _put_changed(tx, before, after, news, plan)
    if overwritten:
        severity_of = route_cache(plan).of
        episodes.add(
            tx, [episode_of(one, severity_of(one.labels).severity.name, now) for one in overwritten]
        )
    # An alert that fired and resolved within this batch still joins its incident.
    fresh = [fired[identity] for identity in fired if after[identity].is_resolved(now)]
    fresh += [after[identity] for identity in after if identity in news]
    assign(tx, fresh, plan, now, result, ids, received_now=True)
    result.stored = list(after.values())
    return result


def _put_changed(
    tx: Tx, before: Mapping[str, Alert], after: Mapping[str, Alert], news: set[str], plan: Plan
) -> dict[str, int]:
    """Store the alerts that changed; return the ids of the new ones by identity."""
    changed = [alert for identity, alert in after.items() if alert != before.get(identity)]
    routing_of = route_cache(plan).of
    inhibits = [routing_of(alert.labels).inhibits for alert in changed]
    ids = alerts.save(tx, changed, inhibits)
    if any(flag and alert.identity in news for flag, alert in zip(inhibits, changed, strict=True)):
        alerts.bump_inhibit_version(tx)
    return {
        alert.identity: id_
        for alert, id_ in zip(changed, ids, strict=True)
        if alert.identity not in before
    }


def assign(
    tx: Tx,
    fresh: Sequence[Alert],
    plan: Plan,
    now: float,
    result: IntakeResult,
    ids: Mapping[str, int] = members.NO_IDS,
    *,
    received_now: bool = False,
) -> None:
    """Let alerts with news join their incidents, and open the incidents that are missing.

    `ids`: database ids of alerts by identity, where they are known. With `received_now`, waits
    count from the receipt of an alert and not from `now`, when its transaction began.
    """
    batch = _Assignment(fresh, route_cache(plan), now)
    open_before = incidents.open_by_key(tx, list(batch.urgency))
    joined = _join(tx, batch, open_before, plan, now, received_now=received_now)
    opened = [incident for key, incident in joined.items() if key not in open_before]
    created = incidents.create(
        tx,
        opened,
        titles=[incident.title for incident in opened],
        urgencies=[batch.urgency[incident.group_key] for incident in opened],
    )
    # Each incident counts for its latest change, so that no report counts it twice.
    system_changes.count_incidents(tx, [one.changes[0].id for one in created if one.changes])
    numbers = {key: incident.number for key, incident in open_before.items()}
    numbers.update((incident.group_key, incident.number) for incident in created)
    members.add(tx, [(numbers[key], identity) for key, identity in batch.joining], now, ids)
    touched = {incident.number: joined[key] for key, incident in open_before.items()}
    stored = {incident.number: incident for incident in open_before.values()}
    _touch_resolved(tx, batch.resolved, plan, now, touched, stored)
    _follow_merges(tx, touched, stored)
    incidents.save(tx, [one for one in touched.values() if one is not stored.get(one.number)])
    _raise_urgency(tx, batch, open_before, plan)
    result.opened = len(created)
    due_times = [one.due_at for one in (*created, *touched.values()) if one.due_at is not None]
    result.next_due = min(due_times, default=None)


class _Assignment:
    """Alerts sorted by what becomes of them."""

    def __init__(self, fresh: Sequence[Alert], routes: RouteCache, now: float) -> None:
        self.joining: list[tuple[str, str]] = []  # pairs of group key and identity
        self.resolved: list[Alert] = []
        # By group key and severity: the first alert decides when its incident is due.
        self.first: dict[tuple[str, str], tuple[Alert, GroupTarget]] = {}
        self.urgency: dict[str, int] = {}  # by group key: the lowest rank
        # By group key: rank, start and identity of the worst, then oldest alert, and its team.
        self.leading: dict[str, tuple[float, float, str, str]] = {}
        teams = bool(routes.plan.teams)
        routing_of = routes.of
        for alert in fresh:
            if alert.is_resolved(now):
                self.resolved.append(alert)
                continue
            routing = routing_of(alert.labels)
            severity = routing.severity
            for target in routing.groups:
                key = target.key
                self.joining.append((key, alert.identity))
                if (key, severity.name) not in self.first:
                    self.first[key, severity.name] = alert, target
                    self.urgency[key] = min(severity.rank, self.urgency.get(key, severity.rank))
                if teams:
                    rating = severity.rank, alert.starts_at, alert.identity, routing.team
                    self.leading[key] = min(rating, self.leading.get(key, rating))

    def team_of(self, key: str) -> str:
        """Return the team of the worst, then oldest alert of a group; empty for none."""
        return self.leading[key][3] if key in self.leading else ""


def _join(
    tx: Tx,
    batch: _Assignment,
    open_before: Mapping[str, Incident],
    plan: Plan,
    now: float,
    *,
    received_now: bool,
) -> dict[str, Incident]:
    """Return the incidents by group key, opened or changed by the alerts that join them."""
    joined = dict(open_before)
    earlier: Mapping[str, tuple[float, ...]] = {}
    missing = batch.urgency.keys() - open_before.keys()
    if plan.flapping.times and missing:
        earlier = incidents.beginnings_of(tx, missing, now - plan.flapping.within)
    previous = incidents.previous_of(tx, missing, now - LATELY) if missing else {}
    changes = system_changes.between(tx, now - 2 * BEFORE, now, MOST_CHANGES) if missing else []
    for alert, target in batch.first.values():
        since = min(alert.updated_at, now) if received_now else now
        incident = joined.get(target.key)
        if incident is None:
            joined[target.key] = open_incident(
                target,
                alert,
                plan,
                since,
                earlier=earlier.get(target.key, ()),
                team=batch.team_of(target.key),
                previous=previous.get(target.key),
                changes=changes,
            )
        else:
            joined[target.key] = reschedule(incident, alert, plan, since)
    return joined


def _raise_urgency(
    tx: Tx, batch: _Assignment, open_before: Mapping[str, Incident], plan: Plan
) -> None:
    """Store that incidents became more urgent by what joined.

    This comes after `incidents.save`, which stores the urgency that was last notified. Most alerts
    that join change nothing, because an incident is at least as urgent as its severity.
    """
    rows = [
        (incident.responses.merged_into or incident.number, batch.urgency[key])
        for key, incident in open_before.items()
        if batch.urgency[key] < plan.rank_of(incident.severity)
    ]
    schedule.raise_urgency(tx, rows)


def _follow_merges(tx: Tx, touched: dict[int, Incident], stored: dict[int, Incident]) -> None:
    """Let what is due because of a merged incident's alerts be due for what it was merged into."""
    merged = [one for one in touched.values() if one.responses.merged_into is not None]
    if not merged:
        return
    parents = {one.responses.merged_into or 0 for one in merged}
    read = incidents.by_number(tx, sorted(parents - touched.keys()))
    stored.update(read)
    touched.update(read)
    for one in merged:
        into = touched[one.responses.merged_into or 0]
        times = [at for at in (one.due_at, into.due_at) if at is not None]
        touched[into.number] = replace(into, due_at=min(times, default=None))
        touched[one.number] = stored[one.number]


def _touch_resolved(
    tx: Tx,
    resolved: Sequence[Alert],
    plan: Plan,
    now: float,
    touched: dict[int, Incident],
    stored: dict[int, Incident],
) -> None:
    """Set when the open incidents of resolved alerts are due.

    Adds the incidents to `touched`, and to `stored` as they are in the database.
    """
    if not resolved:
        return
    by_identity = members.open_numbers_of(tx, [alert.identity for alert in resolved])
    missing = {number for several in by_identity.values() for number in several} - set(touched)
    read = incidents.by_number(tx, sorted(missing))
    stored.update(read)
    touched.update(read)
    for alert in resolved:
        for number in by_identity.get(alert.identity, ()):
            touched[number] = reschedule(touched[number], alert, plan, now)

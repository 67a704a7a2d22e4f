"""Reported alerts are stored and join or open incidents: what one transaction of intake does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.alerts.alert import Alert, merge
from gateway.core.decide.join import open_incident, touch
from gateway.core.incidents.incident import Incident
from gateway.core.plan.plan import Plan
from gateway.flow.intake.route_cache import GroupTarget, route_cache
from gateway.store import Tx
from gateway.store.state import alerts, incidents, members


@dataclass(slots=True)
class IntakeResult:
    """What one transaction did, for the memory and the wake-up afterwards."""

    stored: list[Alert] = field(default_factory=list)
    next_due: float | None = None
    opened: int = 0
    ignored: int = 0  # resolved alerts that nobody here ever heard of (E5)


def is_news(old: Alert, new: Alert, now: float) -> bool:
    """Whether its incident must be looked at because of what a report changed: an end, a new
    firing, or an end that is sooner than the inferred one that the next look was planned for."""
    if new.is_resolved(now) != old.is_resolved(now) or new.starts_at > old.starts_at:
        return True
    return new.ends_at is not None and old.ends_at is not None and new.ends_at < old.ends_at


def store_alerts(tx: Tx, batch: Sequence[Alert], plan: Plan, now: float) -> IntakeResult:
    """Store the alerts, let them join or open incidents, and say when to look at those."""
    result = IntakeResult()
    before = alerts.by_identity(tx, list({alert.identity for alert in batch}))
    after: dict[str, Alert] = {}
    news: set[str] = set()
    begun: dict[str, Alert] = {}
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
        if alert.identity in news and not new.is_resolved(now):
            begun[alert.identity] = new
        after[alert.identity] = new
    changed = [alert for key, alert in after.items() if alert != before.get(key)]
    routing_of = route_cache(plan).of
    flags = [routing_of(alert.labels).inhibits for alert in changed]
    given = alerts.save(tx, changed, flags)
    ids = {
        alert.identity: number
        for alert, number in zip(changed, given, strict=True)
        if alert.identity not in before
    }
    if any(flag and alert.identity in news for flag, alert in zip(flags, changed, strict=True)):
        alerts.bump_inhibit_version(tx)
    # What began and ended within this batch has burned all the same: its incident says so.
    fresh = [begun[key] for key in begun if after[key].is_resolved(now)]
    fresh += [after[key] for key in after if key in news]
    assign(tx, fresh, plan, now, result, ids, as_they_came=True)
    result.stored = list(after.values())
    return result


def assign(
    tx: Tx,
    fresh: Sequence[Alert],
    plan: Plan,
    now: float,
    result: IntakeResult,
    ids: Mapping[str, int] = members.NO_IDS,
    *,
    as_they_came: bool = False,
) -> None:
    """Let alerts with news join their incidents, opening those that are missing.

    `ids`: those of the alerts' ids that are known. `as_they_came`: they were received just now,
    and waits count from then: not from when their transaction had its turn.
    """
    routing_of = route_cache(plan).of
    joining: list[tuple[str, str]] = []
    # Of alerts of one severity that join the same group, the first one decides when it speaks.
    first: dict[tuple[str, str], tuple[Alert, GroupTarget]] = {}
    urgency: dict[str, int] = {}
    ended: list[Alert] = []
    for alert in fresh:
        if alert.is_resolved(now):
            ended.append(alert)
            continue
        routing = routing_of(alert.labels)
        severity = routing.severity
        for group_target in routing.groups:
            key = group_target.key
            joining.append((key, alert.identity))
            if (key, severity.name) not in first:
                first[key, severity.name] = alert, group_target
                urgency[key] = min(severity.rank, urgency.get(key, severity.rank))
    found = incidents.open_by_key(tx, list(urgency))
    earlier: Mapping[str, tuple[float, ...]] = {}
    if plan.flapping.times and len(found) < len(urgency):
        earlier = incidents.beginnings_of(
            tx, urgency.keys() - found.keys(), now - plan.flapping.within
        )
    present = dict(found)
    for alert, group_target in first.values():
        key = group_target.key
        incident = present.get(key)
        since = min(alert.updated_at, now) if as_they_came else now
        if incident is None:
            present[key] = open_incident(
                group_target.route,
                key,
                group_target.group,
                alert,
                plan,
                since,
                earlier.get(key, ()),
            )
        else:
            present[key] = touch(incident, alert, plan, since)
    opened = [incident for key, incident in present.items() if key not in found]
    touched = {found[key].number: present[key] for key in found}
    created = incidents.create(
        tx,
        opened,
        titles=[incident.title for incident in opened],
        urgencies=[urgency[incident.group_key] for incident in opened],
    )
    numbers = {key: incident.number for key, incident in found.items()}
    numbers.update((incident.group_key, incident.number) for incident in created)
    members.add(tx, [(numbers[key], identity) for key, identity in joining], now, ids)
    before = {incident.number: incident for incident in found.values()}
    touch_ended(tx, ended, plan, now, touched, before)
    incidents.save(tx, [i for i in touched.values() if i is not before.get(i.number)])
    # After save, which puts the urgency back to what was told. An incident is as urgent as its
    # severity says, or more: most alerts that join change nothing.
    incidents.raise_urgency(
        tx,
        [
            (incident.number, urgency[key])
            for key, incident in found.items()
            if urgency[key] < plan.rank_of(incident.severity)
        ],
    )
    result.opened = len(created)
    dues = [i.due_at for i in (*created, *touched.values()) if i.due_at is not None]
    result.next_due = min(dues, default=None)


def touch_ended(
    tx: Tx,
    ended: Sequence[Alert],
    plan: Plan,
    now: float,
    touched: dict[int, Incident],
    before: dict[int, Incident],
) -> None:
    """Tell the open incidents of alerts that ended when to look at the end.

    `before` gets those that were read for it, as they are stored.
    """
    if not ended:
        return
    by_identity = members.open_numbers_of(tx, [alert.identity for alert in ended])
    missing = {number for found in by_identity.values() for number in found} - set(touched)
    read = incidents.by_number(tx, sorted(missing))
    before.update(read)
    touched.update(read)
    for alert in ended:
        for number in by_identity.get(alert.identity, ()):
            touched[number] = touch(touched[number], alert, plan, now)

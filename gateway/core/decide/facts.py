"""The facts a notice is frozen with: a JSON object that any message can be written from.

It is built once per decision and shared by its notices; kind and reason stand in the notice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from gateway.core.alerts.labels import fingerprint, identity
from gateway.core.decide.upcoming import next_page
from gateway.core.incidents.incident import Incident, Member
from gateway.core.plan.plan import Plan, Target

MOST_ALERTS = 1000
"""Alerts listed in one notice; `more` counts the rest. About 0.7 MB at 725 bytes an alert."""

Texts = dict[str, str]


def build_facts(
    incident: Incident,
    listed: Sequence[Member],
    plan: Plan,
    now: float,
    *,
    told: Iterable[Target] | None = None,
    unheard: Sequence[Member] = (),
    note: str | None = None,
    previous_severity: str | None = None,
) -> dict[str, Any]:
    """Everything there is to say about `incident` at `now`; instants are unix seconds.

    `listed` are the alerts that the notice speaks of: what fires and may be told, and what ended
    since people were last told. `told`: who heard of it before; unless given, all who did by now.
    `unheard` came and went without being told: no news to people, but programs may want them.
    """
    ranked = sorted(
        listed,
        key=lambda m: (
            not m.firing(now),
            plan.severity_of(m.alert.labels).rank,
            m.alert.starts_at,
        ),
    )
    common_labels = common([m.alert.labels for m in ranked])
    common_annotations = common([m.alert.annotations for m in ranked])
    firing = sum(1 for m in ranked if m.firing(now))
    return {
        "incident": incident.number,
        "status": incident.state.value,
        "severity": incident.severity,
        "rank": incident.rank,
        "previous_severity": previous_severity,
        "title": title(incident.group_labels, common_labels, common_annotations),
        "receiver": incident.receiver,
        "group_key": incident.group_key,
        "group_labels": dict(incident.group_labels),
        "route_labels": dict(plan.route(incident.route_id).labels),
        "common_labels": common_labels,
        "common_annotations": common_annotations,
        "alerts": [alert_facts(m, now) for m in ranked[:MOST_ALERTS]],
        "firing": firing,
        "resolved": len(ranked) - firing,
        "more": max(0, len(ranked) - MOST_ALERTS),
        "truncated": incident.left_out,
        "unheard": [alert_facts(m, now) for m in unheard[:MOST_ALERTS]],
        "opened_at": incident.opened_at,
        "since": incident.began_at,
        "resolved_at": incident.resolved_at,
        "at": now,
        "ack": ack_facts(incident, plan),
        "escalation": _with_names(escalation_facts(incident, plan), plan),
        "respond_by": incident.respond_by if incident.ack is None else None,
        "told": _names(incident.told.values() if told is None else told, plan),
        "note": note,
    }


def without_ends(facts: dict[str, Any]) -> dict[str, Any]:
    """The same for a target that is not told of ends: only what burns, where anything does."""
    listed = facts.get("alerts") or ()
    burning = [alert for alert in listed if alert.get("status") == "firing"]
    if not burning:
        return facts
    return {
        **facts,
        "alerts": burning,
        "common_labels": common([alert["labels"] for alert in burning]),
        "common_annotations": common([alert["annotations"] for alert in burning]),
        "resolved": 0,
        "unheard": [],
    }


def without_burning(facts: dict[str, Any], burning: Collection[str]) -> dict[str, Any]:
    """The same, of an incident that is over, without the alerts of these identities: they burn
    again in another one. What is left ended in a group that goes on."""

    def left(name: str) -> list[dict[str, Any]]:
        listed = facts.get(name) or ()
        return [alert for alert in listed if identity(alert["labels"]) not in burning]

    ended = left("alerts")
    return {
        **facts,
        "status": "firing",
        "alerts": ended,
        "common_labels": common([alert["labels"] for alert in ended]),
        "common_annotations": common([alert["annotations"] for alert in ended]),
        "resolved": len(ended),
        "unheard": left("unheard"),
    }


def alert_facts(member: Member, now: float) -> dict[str, Any]:
    """One alert as it stands at `now`."""
    alert = member.alert
    firing = member.firing(now)
    return {
        "status": "firing" if firing else "resolved",
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "starts_at": alert.starts_at,
        "ends_at": None if firing else alert.ends_at,
        "generator_url": alert.generator_url,
        "fingerprint": fingerprint(alert.labels),
    }


def ack_facts(incident: Incident, plan: Plan) -> dict[str, Any] | None:
    """Return who acknowledged, from whom they took over (or None), and until when it holds."""
    ack = incident.ack
    if ack is None:
        return None
    return {
        "by": ack.by,
        "name": plan.name_of(ack.by),
        "from": plan.name_of(ack.previous.by) if ack.previous else None,
        "at": ack.at,
        "via": ack.via,
        "expires_at": ack.expires_at,
    }


def escalation_facts(incident: Incident, plan: Plan) -> dict[str, Any] | None:
    """Return how far the escalation got, and what it does next if nobody acknowledges."""
    climb = incident.climb
    escalation = plan.escalations.get(climb.name) if climb else None
    if climb is None or escalation is None:
        return None
    steps = len(escalation.steps)
    following = next_page(incident, plan)
    return {
        "name": climb.name,
        "step": climb.step if climb.step else steps * min(climb.round, 1),
        "steps": steps,
        "next": list(following.notify) if following else [],
        "next_at": following.at if following else None,
        "on_call": {one: list(names) for one, names in following.on_call.items()}
        if following
        else {},
    }


def _with_names(climb: dict[str, Any] | None, plan: Plan) -> dict[str, Any] | None:
    """The same, with people by the names that others call them by."""
    if climb is None:
        return None
    names = {f"person:{one.id}": one.name for one in plan.people.values()}
    return {**climb, "next": [names.get(who, who) for who in climb["next"]]}


def _names(told: Iterable[Target], plan: Plan) -> list[str]:
    """Everybody once: people by name, however many ways they were told, places by their key."""
    names = []
    for target in told:
        person = plan.people.get(target.person) if target.person else None
        names.append(person.name if person else target.person or target.key)
    return list(dict.fromkeys(names))


def common(sets: Sequence[Mapping[str, str]]) -> Texts:
    """The pairs that all the label sets share."""
    if not sets:
        return {}
    shared = dict(sets[0])
    for other in sets[1:]:
        for name in [name for name, value in shared.items() if other.get(name) != value]:
            del shared[name]
    return shared


def title(group_labels: Mapping[str, str], labels: Texts, annotations: Texts) -> str:
    """What it is about in one line: the alert's name and its summary, as far as they are shared."""
    name = labels.get("alertname") or group_labels.get("alertname") or ""
    rest = annotations.get("summary") or ", ".join(
        f"{key}={value}" for key, value in sorted(group_labels.items()) if key != "alertname"
    )
    return ": ".join(part for part in (name, rest) if part)[:300] or "alerts"

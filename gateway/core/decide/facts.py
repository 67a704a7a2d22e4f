"""The facts of a notice: a JSON object from which every channel writes its message.

They are built once per decision and shared by its notices, which add kind and reason.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from gateway.core.alerts.labels import fingerprint, identity
from gateway.core.alerts.source_labels import TEST_LABEL, is_test
from gateway.core.decide.next_page import NextPage, next_page
from gateway.core.incidents.facts import (
    Facts,
    FactsAck,
    FactsAlert,
    FactsChange,
    FactsComment,
    FactsEscalation,
    FactsPerson,
    FactsPrevious,
    FactsTeam,
)
from gateway.core.incidents.incident import Incident, Member
from gateway.core.plan.plan import Plan, Target

MOST_ALERTS = 1000
"""Alerts listed in one notice; `more` counts the rest. At 725 bytes an alert about 0.7 MB, which
each stored notice of a larger group would exceed if this were raised."""

Texts = dict[str, str]


def build_facts(
    incident: Incident,
    listed: Sequence[Member],
    plan: Plan,
    now: float,
    *,
    told: Iterable[Target] | None = None,
    paged: Sequence[str] = (),
    unheard: Sequence[Member] = (),
    note: str | None = None,
    previous_severity: str | None = None,
) -> Facts:
    """Return what there is to say about `incident` at `now`; instants are Unix seconds.

    `listed` are the alerts of the notice: those that fire and are not suppressed, and those that
    ended since the last notification. `told` are the targets that were notified before; None for
    all that were notified by now. `paged` are the ids of the people to mention. `unheard` are
    alerts that came and went between notifications, which programs may want.
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
    responses = incident.responses
    return {
        "incident": incident.number,
        "status": incident.state.value,
        "severity": incident.severity,
        "rank": incident.rank,
        "previous_severity": previous_severity,
        "title": title(incident.group_labels, common_labels, common_annotations),
        "receiver": incident.receiver,
        "team": team_facts(incident, plan),
        "route": incident.route_id,
        "test": incident.test,
        "group_key": incident.group_key,
        "group_labels": dict(incident.group_labels),
        "route_labels": dict(plan.route(incident.route_id).labels),
        "common_labels": common_labels,
        "common_annotations": common_annotations,
        "alerts": [alert_facts(m, now) for m in ranked[:MOST_ALERTS]],
        "firing": firing,
        "resolved": len(ranked) - firing,
        "more": max(0, len(ranked) - MOST_ALERTS),
        "truncated": incident.truncated,
        "unheard": [alert_facts(m, now) for m in unheard[:MOST_ALERTS]],
        "opened_at": incident.opened_at,
        "since": incident.began_at,
        "resolved_at": incident.resolved_at,
        "at": now,
        "ack": ack_facts(incident, plan),
        "escalation": _with_names(escalation_facts(incident, plan, now), plan),
        "respond_by": incident.respond_by if incident.ack is None else None,
        "missed_at": incident.missed_at,
        "told": _names(incident.notified_targets.values() if told is None else told, plan),
        "paged": list(paged),
        "note": note,
        "comments": comment_facts(incident, plan),
        "offered_to": offer_facts(incident, plan),
        "snoozed_until": None if responses.snooze is None else responses.snooze.until,
        "previous": previous_facts(incident),
        "related": list(responses.related),
        "changes": change_facts(incident),
    }


def without_ends(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts without resolved alerts, for a target that is not notified of ends."""
    listed = facts.get("alerts") or ()
    firing = [alert for alert in listed if alert.get("status") == "firing"]
    if not firing:
        return facts
    return {
        **facts,
        "alerts": firing,
        "common_labels": common([alert["labels"] for alert in firing]),
        "common_annotations": common([alert["annotations"] for alert in firing]),
        "resolved": 0,
        "unheard": [],
    }


def without_refired(facts: dict[str, Any], refired: Collection[str]) -> dict[str, Any]:
    """Return the facts of a resolved incident without alerts that fire again in another one.

    `refired` are their identities. What remains are ended alerts of a group that goes on.
    """

    def rest(name: str) -> list[dict[str, Any]]:
        listed = facts.get(name) or ()
        return [alert for alert in listed if identity(alert["labels"]) not in refired]

    ended = rest("alerts")
    return {
        **facts,
        "status": "firing",
        "alerts": ended,
        "common_labels": common([alert["labels"] for alert in ended]),
        "common_annotations": common([alert["annotations"] for alert in ended]),
        "resolved": len(ended),
        "unheard": rest("unheard"),
    }


def alert_facts(member: Member, now: float) -> FactsAlert:
    """Return one alert with its status at `now`."""
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


def ack_facts(incident: Incident, plan: Plan) -> FactsAck | None:
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


def comment_facts(incident: Incident, plan: Plan) -> list[FactsComment]:
    """Return the last comments, oldest first."""
    return [
        {"by": one.by, "name": plan.name_of(one.by), "at": one.at, "text": one.text, "via": one.via}
        for one in incident.responses.comments
    ]


def offer_facts(incident: Incident, plan: Plan) -> FactsPerson | None:
    """Return to whom it is handed over and who has not accepted yet; None for nobody."""
    offer = incident.responses.offer
    return None if offer is None else {"id": offer.to, "name": plan.name_of(offer.to)}


def previous_facts(incident: Incident) -> FactsPrevious | None:
    """Return the last incident of the same group; None if there was none lately."""
    previous = incident.previous
    if previous is None:
        return None
    return {
        "number": previous.number,
        "ended_at": previous.ended_at,
        "lately": previous.lately,
    }


def change_facts(incident: Incident) -> list[FactsChange]:
    """Return the changes shortly before, the latest first."""
    return [{"at": one.at, "title": one.title, "url": one.link} for one in incident.changes]


def team_facts(incident: Incident, plan: Plan) -> FactsTeam | None:
    """Return the team that the incident belongs to; None for no team."""
    team = incident.team
    return {"id": team, "name": plan.team_name(team)} if team else None


def escalation_facts(incident: Incident, plan: Plan, now: float) -> FactsEscalation | None:
    """Return how far the escalation got, and what it does next if nobody acknowledges."""
    state = incident.escalation
    policy = plan.escalations.get(state.name) if state else None
    if state is None or policy is None:
        return None
    steps = len(policy.steps)
    following = next_page(incident, plan, now)
    return {
        "name": state.name,
        "step": state.step if state.step else steps * min(state.round, 1),
        "steps": steps,
        "next": list(following.notify) if following else [],
        "next_at": following.at if following else None,
        "on_call": _names_of_next(following, plan) if following else {},
        "by": list(following.by) if following else [],
    }


def _names_of_next(following: NextPage, plan: Plan) -> dict[str, list[str]]:
    """Return the names behind the references of the next page: people, and those on call."""
    people = [one for one in following.notify if one.startswith("person:")]
    names = {one: [plan.name_of(one.removeprefix("person:"))] for one in people}
    return {**names, **{one: list(on_call) for one, on_call in following.on_call.items()}}


def _with_names(escalation: FactsEscalation | None, plan: Plan) -> FactsEscalation | None:
    """Return the same with people's names in place of their ids."""
    if escalation is None:
        return None
    names = {f"person:{one.id}": one.name for one in plan.people.values()}
    return {**escalation, "next": [names.get(who, who) for who in escalation["next"]]}


def _names(targets: Iterable[Target], plan: Plan) -> list[str]:
    """Return each recipient once: people by name, other targets by their key."""
    names = []
    for target in targets:
        person = plan.people.get(target.person) if target.person else None
        names.append(person.name if person else target.person or target.key)
    return list(dict.fromkeys(names))


def common(sets: Sequence[Mapping[str, str]]) -> Texts:
    """Return the pairs that all the label sets share."""
    if not sets:
        return {}
    shared = dict(sets[0])
    for other in sets[1:]:
        for name in [name for name, value in shared.items() if other.get(name) != value]:
            del shared[name]
    return shared


def title(group_labels: Mapping[str, str], labels: Texts, annotations: Texts) -> str:
    """Return its subject in one line: name and summary, where all its alerts share them."""
    name = labels.get("alertname") or group_labels.get("alertname") or ""
    rest = annotations.get("summary") or ", ".join(
        f"{key}={value}"
        for key, value in sorted(group_labels.items())
        if key not in ("alertname", TEST_LABEL)
    )
    text = ": ".join(part for part in (name, rest) if part)[:300] or "alerts"
    return f"TEST: {text}" if is_test(group_labels) else text

"""Models made from stored objects."""

from collections.abc import Sequence

from gateway.core.actions.take_over import GIVE_BACK_WITHIN
from gateway.core.alerts.labels import fingerprint
from gateway.core.decide.contacts_due import ContactDue
from gateway.core.incidents.incident import SUPPRESSED, Ack, Incident, Member
from gateway.core.incidents.silence import Silence
from gateway.core.incidents.suppression import suppressions_text, to_json
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.matching.text import write_matcher
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.flow.engine import Engine
from gateway.store.queries import deliveries
from gateway.web.api_v1 import models
from gateway.web.api_v1.models import silences as silence_models


def person(plan: Plan, name: str) -> models.PersonName:
    """Return a person's id and name."""
    return models.PersonName(id=name, name=plan.name_of(name))


def team(plan: Plan, name: str) -> models.TeamName | None:
    """Return a team's id and name; None for no team."""
    return models.TeamName(id=name, name=plan.team_name(name)) if name else None


def incident_model(engine: Engine, incident: Incident, title: str) -> dict[str, object]:
    """Return the fields that every model of an incident has."""
    ack, zone = incident.ack, engine.plan.business_hours.zone
    suppressions = incident.suppressions if incident.open else ()
    return {
        "number": incident.number,
        "state": incident.state.value,
        "severity": incident.severity,
        "title": title,
        "team": team(engine.plan, incident.team),
        "receiver": incident.receiver,
        "route": incident.route_id,
        "group_labels": dict(incident.group_labels),
        "opened_at": incident.opened_at,
        "since": incident.began_at,
        "lasted": incident.lasted(engine.now()),
        "resolved_at": incident.resolved_at,
        "due_at": incident.due_at,
        "acknowledged": ack
        and models.Acknowledgement(
            by=person(engine.plan, ack.by),
            at=ack.at,
            via=ack.via,
            verified=ack.verified,
            expires_at=ack.expires_at,
            taken_from=ack.previous and person(engine.plan, ack.previous.by),
            back_until=_back_until(ack),
        ),
        "respond_by": incident.respond_by if incident.open and ack is None else None,
        "missed_at": incident.missed_at,
        "test": incident.test,
        "suppressed": incident.list_state == SUPPRESSED,
        "why_quiet": suppressions_text(suppressions, zone),
        "suppressions": [to_json(one) for one in suppressions],
        **_responses(engine.plan, incident),
        "url": engine.links.incident(incident.number),
    }


def _responses(plan: Plan, incident: Incident) -> dict[str, object]:
    """Return what people did with an incident, besides acknowledging it."""
    responses, previous = incident.responses, incident.previous
    return {
        "snoozed_until": responses.snooze and responses.snooze.until,
        "offered_to": responses.offer and person(plan, responses.offer.to),
        "merged_into": responses.merged_into,
        "merged": list(responses.merged),
        "related": list(responses.related),
        "previous": previous
        and models.Previous(
            number=previous.number, ended_at=previous.ended_at, lately=previous.lately
        ),
        "changes": [
            models.IncidentChange(id=one.id, at=one.at, title=one.title, link=one.link)
            for one in incident.changes
        ],
        "ratings": [
            models.Rating(by=person(plan, one.by), useful=one.useful) for one in responses.ratings
        ],
    }


def _back_until(ack: Ack) -> float | None:
    if ack.previous is None:
        return None
    return min(ack.at + GIVE_BACK_WITHIN, ack.previous.expires_at)


def pending_model(due: ContactDue) -> models.PendingNotification:
    """Return a personal notification to come as a model."""
    return models.PendingNotification(
        person=models.PersonName(id=due.person.id, name=due.person.name),
        contact=due.contact.name,
        channel=due.contact.channel,
        at=due.at,
        quiet_hours=due.quiet,
    )


def notice_model(
    line: deliveries.NoticeSummary, attempts: Sequence[deliveries.Attempt]
) -> models.Notice:
    """Return a notice with its attempts as a model."""
    return models.Notice(
        id=line.id,
        incident=line.incident,
        subject=None if line.subject is None else str(line.subject),
        channel=line.target.channel,
        account=line.target.account,
        target=line.target.address,
        name=target_name(line.target),
        person=line.target.person,
        kind=line.kind,
        reason=line.reason,
        state=line.state.value,
        created_at=line.created_at,
        sent_at=line.sent_at,
        next_at=line.next_at,
        outcome=line.outcome,
        detail=line.detail,
        attempts=[models.Attempt.model_validate(one) for one in attempts],
    )


def events(entries: Sequence[TimelineEntry]) -> list[models.Event]:
    """Return a timeline as models."""
    return [models.Event(at=e.at, kind=e.kind, text=e.text, data=dict(e.data)) for e in entries]


def alert_model(member: Member, now: float) -> models.Alert:
    alert = member.alert
    firing = member.firing(now)
    return models.Alert(
        fingerprint=fingerprint(alert.labels),
        status="firing" if firing else "resolved",
        labels=dict(alert.labels),
        annotations=dict(alert.annotations),
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        generator_url=alert.generator_url,
        source=alert.source,
        # A silence that began since was not notified to anyone.
        told="firing" if member.resolve_pending else member.notified.value,
        acknowledged=firing and member.acked_starts_at == alert.starts_at,
    )


def silence_model(silence: Silence, plan: Plan, now: float) -> silence_models.Silence:
    """Return a silence as a model."""
    return silence_models.Silence.model_validate(
        {
            "id": silence.id,
            "state": silence.state(now),
            "matchers": [write_matcher(matcher) for matcher in silence.matchers],
            "starts_at": silence.starts_at,
            "ends_at": silence.ends_at,
            "gone_for": silence.gone_for,
            "created_by": person(plan, silence.created_by),
            "comment": silence.comment,
            "annotations": dict(silence.annotations),
            "updated_at": silence.updated_at,
        }
    )

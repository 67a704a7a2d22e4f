"""Endpoints about incidents: the list, and one in detail."""

from collections.abc import Mapping, Sequence

from gateway.core.decide.contacts_due import pending_contacts
from gateway.core.decide.facts import escalation_facts
from gateway.core.plan.team import NO_TEAM
from gateway.flow.engine import Engine
from gateway.store import Tx
from gateway.store.queries import deliveries, lists, urgent
from gateway.store.queries.urgent import IncidentFilter
from gateway.store.state import timeline
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.serialize import (
    alert_model,
    events,
    incident_model,
    notice_model,
    pending_model,
)
from gateway.web.http.errors import RequestError
from gateway.web.pages.incident_view import links_to_read, read_incident


async def list_incidents(engine: Engine, query: requests.IncidentsQuery) -> models.IncidentPage:
    """List incidents by urgency: unacknowledged, suppressed, acknowledged, resolved.

    Within each state by severity, then number; resolved ones by number, newest first.
    """
    team = "" if query.team == NO_TEAM else query.team
    selection = IncidentFilter(
        query.state, query.receiver, query.severity, query.q, team, query.test
    )

    def work(tx: Tx) -> tuple[urgent.Page, list[tuple[str, str, int]]]:
        page = urgent.page(tx, selection, after=query.cursor, limit=query.limit)
        return page, urgent.counts(tx, selection, engine.plan.rank_of)

    page, counts = await engine.store.read(work)
    return models.IncidentPage(
        incidents=[
            models.Incident.model_validate(incident_model(engine, one.incident, one.title))
            for one in page.incidents
        ],
        next=str(page.next) if page.next else None,
        counts=[
            models.IncidentCount.model_validate({"state": state, "severity": severity, "count": n})
            for state, severity, n in counts
        ],
    )


async def one_incident(
    engine: Engine, query: requests.NoQuery, number: int
) -> models.IncidentDetail:
    """Return an incident with its alerts, timeline, notices and their attempts."""
    plan, now = engine.plan, engine.now()

    def work(tx: Tx) -> models.IncidentDetail | None:
        stored = read_incident(tx, number)
        if stored is None:
            return None
        incident = stored.incident
        notices = deliveries.notices_of(tx, number)
        attempts: Mapping[int, Sequence[deliveries.Attempt]] = deliveries.attempts_of(
            tx, [notice.id for notice in notices]
        )
        escalation = escalation_facts(incident, plan, now)
        return models.IncidentDetail.model_validate(
            {
                **incident_model(engine, incident, lists.title_of(tx, number)),
                "escalation": escalation and models.Escalation.model_validate(escalation),
                "pending": [pending_model(one) for one in pending_contacts(incident, plan, now)],
                "links": [
                    {"role": one.role, "title": one.text, "url": one.url}
                    for one in links_to_read(stored, plan, now, engine.links.external_url)
                ],
                "alerts": [alert_model(member, now) for member in stored.members],
                "timeline": events(timeline.entries(tx, number)),
                "notices": [notice_model(one, attempts[one.id]) for one in notices],
            }
        )

    incident_detail = await engine.store.read(work)
    if incident_detail is None:
        raise not_found(number)
    return incident_detail


def not_found(number: int) -> RequestError:
    """Return the answer to a request about an incident that does not exist."""
    detail = [{"field": "number", "message": f"there is no incident #{number}"}]
    return RequestError(404, "there is no such incident", detail)

"""Explanation of one incident."""

from gateway.flow.engine import Engine
from gateway.store import Tx
from gateway.store.queries import deliveries, lists
from gateway.store.queries.incident_members import members_of
from gateway.store.state import incidents, timeline
from gateway.web.explain.answers import IncidentExplanation, Sentence
from gateway.web.explain.context import ExplainContext
from gateway.web.explain.inhibitions import inhibition_sentences
from gateway.web.explain.past import past_sentences
from gateway.web.explain.present import present_sentences
from gateway.web.explain.silences import silence_sentences


def explain_incident(tx: Tx, engine: Engine, number: int, zone: str) -> IncidentExplanation | None:
    """Return why an incident did or does not notify; None if there is no such incident."""
    incident = incidents.get(tx, number)
    if incident is None:
        return None
    context = ExplainContext(engine.plan, engine.now(), zone)
    notices = deliveries.notices_of(tx, number)
    entries = timeline.entries(tx, number)
    joined = members_of(tx, incident)
    reasons: list[Sentence] = past_sentences(context, incident, entries, notices)
    if incident.open:
        mute_snapshot = engine.active_alerts.mute_snapshot(tx)
        silences = silence_sentences(context, mute_snapshot.silences, joined)
        reasons += present_sentences(context, incident, joined, silences)
        reasons += inhibition_sentences(tx, mute_snapshot, joined, context.now)
    else:
        reasons += present_sentences(context, incident, joined)
    return IncidentExplanation(
        incident=incident,
        title=lists.title_of(tx, number),
        members=joined,
        notified=any(notice.reached for notice in notices),
        reasons=tuple(reasons),
        timeline=entries,
        notices=notices,
        attempts=deliveries.attempts_of(tx, [notice.id for notice in notices]),
    )

"""Why an incident spoke, or kept quiet: one incident with its reasons."""

from collections.abc import Sequence

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED_TEXT, NoticeState
from gateway.core.incidents.suppression import to_json
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.flow.engine import Engine
from gateway.render.view.times import clock_time
from gateway.store import Tx
from gateway.store.queries import deliveries, lists
from gateway.store.state import incidents, members, timeline
from gateway.web.api_v1 import models
from gateway.web.api_v1.explain_models import ExplainedIncident
from gateway.web.api_v1.incidents import incident_model, notice_model
from gateway.web.explain.current_state import standing
from gateway.web.explain.inhibited import inhibited
from gateway.web.explain.silenced import silenced


def explained(tx: Tx, engine: Engine, number: int, zone: str) -> ExplainedIncident | None:
    """One incident with its reasons, told in `zone`; None when there is none of that number."""
    incident = incidents.get(tx, number)
    if incident is None:
        return None
    now, plan = engine.now(), engine.plan
    notices = deliveries.notices_of(tx, number)
    entries = timeline.entries(tx, number)
    joined = members.by_incident(tx, [number]).get(number, [])
    why = _past(incident, entries, notices, zone, now)
    if incident.open:
        mute_snapshot = engine.active_alerts.mute_snapshot(tx)
        silences = silenced(mute_snapshot.silences, joined, plan, now, zone)
        why += standing(incident, joined, plan, now, zone, silences)
        why += inhibited(tx, mute_snapshot, joined, now)
    else:
        why += standing(incident, joined, plan, now, zone)
    told = any(notice.reached for notice in notices)
    return explained_model(tx, engine, incident, told, why, entries, notices)


def explained_model(
    tx: Tx,
    engine: Engine,
    incident: Incident,
    told: bool,
    why: Sequence[str],
    entries: Sequence[TimelineEntry],
    notices: Sequence[deliveries.NoticeSummary],
) -> ExplainedIncident:
    """The model of an incident that was explained, with the attempts of these notices."""
    attempts = deliveries.attempts_of(tx, [notice.id for notice in notices])
    title = lists.title_of(tx, incident.number)
    return ExplainedIncident.model_validate(
        {
            **incident_model(engine, incident, title),
            "told": told,
            "why": list(why),
            "timeline": [
                models.Event(at=e.at, kind=e.kind, text=e.text, data=dict(e.data)) for e in entries
            ],
            "notices": [notice_model(one, attempts[one.id]) for one in notices],
        }
    )


def _past(
    incident: Incident,
    entries: Sequence[TimelineEntry],
    notices: Sequence[deliveries.NoticeSummary],
    zone: str,
    now: float,
) -> list[str]:
    """Who was told so far and since when, or why nobody was."""
    done = [notice for notice in notices if notice.state is NoticeState.SENT]
    sent = [notice for notice in done if notice.reached]
    if sent:
        first = min(notice.sent_at or notice.created_at for notice in sent)
        places = len({notice.target.key for notice in sent})
        said = [
            f"Messages delivered: {len(sent)}, to {places} {'place' if places == 1 else 'places'}, "
            "the first at "
            f"{clock_time(first, zone, now)}."
        ]
    elif len(notices) > len(done):
        said = ["Messages were written, and none is delivered yet."]
    elif incident.open and not incident.flushed:
        said = []  # until when the group waits is said with how it stands
    else:
        said = ["Nobody was told."]
        said += [
            f"It kept quiet from {clock_time(entry.at, zone, now)} on: {entry.text}."
            for entry in entries
            if entry.kind is TimelineKind.SUPPRESSED and not _is_current(entry, incident)
        ]
    if len(done) > len(sent):
        said.append(f"Messages {PRINTED_TEXT}: {len(done) - len(sent)}.")
    said += [
        f"Given up: {target_name(one.target)} ({one.outcome}: {one.detail})."
        for one in notices
        if one.state is NoticeState.DEAD
    ]
    return said


def _is_current(entry: TimelineEntry, incident: Incident) -> bool:
    """Return whether the line records what suppresses the incident now."""
    return bool(incident.suppressions) and entry.data.get("suppressions") == [
        to_json(one) for one in incident.suppressions
    ]

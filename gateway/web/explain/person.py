"""Explanation of the incidents of one person in a time span."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.oncall.shifts import ShiftSource
from gateway.core.plan.person import Person
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.flow.engine import Engine
from gateway.flow.queries.duty import DutyReader
from gateway.store import Tx
from gateway.store.queries import deliveries, lists
from gateway.store.queries.deliveries import NoticeSummary
from gateway.store.queries.urgent import STATES
from gateway.store.state import incidents, timeline
from gateway.store.state.timeline import AckRecord
from gateway.web.explain.answers import (
    DutyShift,
    IncidentExplanation,
    PersonExplanation,
    Sentence,
)
from gateway.web.explain.context import ExplainContext
from gateway.web.explain.person_reasons import (
    RouteToPerson,
    delivery_reasons,
    missing_reasons,
    own_actions,
    routes_to,
)

DEFAULT_SPAN = 24 * 3600.0
"""Seconds before now that an answer covers by default; at most it covers the retention."""

MOST_SCANNED = 2000
"""Incidents read for one answer: all open ones, then the newest resolved ones."""

MOST_SHOWN = 50
"""Incidents explained in one answer; its summary counts the others."""

MOST_SHIFT_MESSAGES = 10
"""Messages about shifts that the summary lists, the latest ones."""

MOST_MESSAGES = 500
PAGE = 500


class Involvement(NamedTuple):
    """What connects an incident with a person: routes, messages and the person's own actions."""

    routes: Sequence[RouteToPerson]
    notices: Sequence[NoticeSummary]
    actions: Sequence[AckRecord]


def explain_person(
    tx: Tx, engine: Engine, person: Person, since: float, zone: str
) -> PersonExplanation:
    """Return what a person was notified of and acknowledged since `since`, what not, and why."""
    context = ExplainContext(engine.plan, engine.now(), zone)
    reader = DutyReader(tx, context.plan.rotas, context.now)
    messages = deliveries.notices_to_person(tx, person.id, since, MOST_MESSAGES)
    notices = _by_incident(messages)
    actions = _actions_by_incident(timeline.acks_by(tx, person.id, since))
    candidates = _open_since(tx, since, engine.retention)
    others = [number for number in {**notices, **actions} if number not in candidates]
    candidates |= incidents.by_number(tx, others)
    counts = Counter[str]()
    explanations: list[IncidentExplanation] = []
    for incident in sorted(candidates.values(), key=_urgency):
        part = Involvement(
            routes_to(context, reader, incident, person.id),
            notices.get(incident.number, ()),
            actions.get(incident.number, ()),
        )
        if not any(part):
            counts["unrelated"] += 1
        elif len(explanations) >= MOST_SHOWN:
            counts["omitted"] += 1
        else:
            explanations.append(_explain(tx, context, reader, incident, person, part))
    duty = _duty(context, reader, person.id, since)
    return PersonExplanation(
        summary=tuple(_summary(context, person, messages, explanations, counts, duty)),
        person=person,
        since=since,
        duty=tuple(duty),
        incidents=tuple(explanations),
    )


def _explain(
    tx: Tx,
    context: ExplainContext,
    reader: DutyReader,
    incident: Incident,
    person: Person,
    part: Involvement,
) -> IncidentExplanation:
    entries = timeline.entries(tx, incident.number)
    reasons = delivery_reasons(context, part.notices)
    if not reasons and part.routes:
        reasons = missing_reasons(context, reader, incident, part.routes, entries, person)
    elif not reasons:
        reasons = [f"Nothing in routes.yaml notifies {person.name} of it."]
    reasons += own_actions(context, person, part.actions)
    return IncidentExplanation(
        incident=incident,
        title=lists.title_of(tx, incident.number),
        members=(),
        notified=any(notice.reached for notice in part.notices),
        reasons=tuple(Sentence(text) for text in reasons),
        timeline=entries,
        notices=part.notices,
        attempts=deliveries.attempts_of(tx, [notice.id for notice in part.notices]),
    )


def _by_incident(messages: Sequence[NoticeSummary]) -> Mapping[int, list[NoticeSummary]]:
    """Return messages by incident, oldest first."""
    notices: dict[int, list[NoticeSummary]] = {}
    for message in reversed(messages):
        if message.incident is not None:
            notices.setdefault(message.incident, []).append(message)
    return notices


def _actions_by_incident(records: Sequence[AckRecord]) -> Mapping[int, list[AckRecord]]:
    actions: dict[int, list[AckRecord]] = {}
    for record in records:
        actions.setdefault(record.incident, []).append(record)
    return actions


def _urgency(incident: Incident) -> tuple[int, int, int]:
    """Return the sort key of lists: see `gateway.store.queries.urgent`."""
    state = STATES.index(incident.list_state)
    if not incident.open:
        return state, 0, -incident.number
    return state, UNKNOWN_RANK if incident.rank is None else incident.rank, incident.number


def _open_since(tx: Tx, since: float, retention: float) -> dict[int, Incident]:
    """Return the incidents that were open at any time since `since`, by number."""
    open_incidents: dict[int, Incident] = {}
    for state in ("open", "resolved"):
        before: int | None = None
        while len(open_incidents) < MOST_SCANNED:
            page = lists.incidents_page(tx, state=state, before=before, limit=PAGE)
            for one in page:
                resolved_at = one.incident.resolved_at
                if resolved_at is None or resolved_at >= since:
                    open_incidents[one.incident.number] = one.incident
            # Numbers rise with time: the later pages opened even earlier than this one.
            opened_too_early = (
                state == "resolved" and page and page[-1].incident.opened_at < since - retention
            )
            if len(page) < PAGE or opened_too_early:
                break
            before = page[-1].incident.number
    return open_incidents


def _duty(
    context: ExplainContext, reader: DutyReader, person: str, since: float
) -> list[DutyShift]:
    rotas = context.plan.rotas
    return [
        DutyShift(name, rotas[name].zone if name in rotas else context.zone, shift)
        for name in reader.names()
        for shift in reader.shifts(name, since, context.now)
        if person in shift.people
    ]


def _summary(
    context: ExplainContext,
    person: Person,
    messages: Sequence[NoticeSummary],
    explanations: Sequence[IncidentExplanation],
    counts: Mapping[str, int],
    duty: Sequence[DutyShift],
) -> list[str]:
    """Return the answer in short: contacts, duty, messages, and incidents without any."""
    name = person.name
    texts = []
    if not person.contacts:
        texts.append(f"{name} has no contact in routes.yaml, and cannot be notified.")
    texts += _duty_texts(context, name, duty)
    texts.append(_messages_text(name, messages))
    texts += _shift_texts(context, messages)
    not_notified = sum(not one.notified for one in explanations)
    if not_notified:
        texts.append(f"Incidents without a message delivered to {name}: {not_notified}.")
    if counts["unrelated"]:
        texts.append(
            f"Other incidents in that time, which do not notify {name}: {counts['unrelated']}."
        )
    if counts["omitted"]:
        texts.append(
            f"Incidents omitted here, less urgent or older: {counts['omitted']}. Ask for a "
            "shorter time."
        )
    texts.append("Shared addresses and channels are not counted: their readers are unknown.")
    return texts


def _duty_texts(context: ExplainContext, name: str, duty: Sequence[DutyShift]) -> list[str]:
    if not duty:
        return [f"{name} was on call in no rota in that time."]
    by_rota: dict[str, list[DutyShift]] = {}
    for one in duty:
        by_rota.setdefault(one.rota, []).append(one)
    texts = []
    for rota, own in by_rota.items():
        start, end = context.clock(own[0].shift.start), context.clock(own[-1].shift.end)
        count = f" in {len(own)} shifts" if len(own) > 1 else ""
        texts.append(f"{name} was on call in rota {rota} between {start} and {end}{count}.")
        calculated = [one.shift for one in own if one.shift.source is ShiftSource.SCHEDULE]
        if calculated:
            until = context.clock(calculated[-1].end)
            texts.append(
                f"Duty in rota {rota} before {until} was not recorded, or is past its retention: "
                "it is calculated from today's routes.yaml."
            )
    return texts


def _shift_texts(context: ExplainContext, messages: Sequence[NoticeSummary]) -> list[str]:
    """Return a sentence for each of the latest messages without an incident, oldest first."""
    about_shifts = [one for one in messages if one.subject is not None][:MOST_SHIFT_MESSAGES]
    return [
        f"Message about shifts ({one.reason}) at {context.clock(one.created_at)}: {one.state.value}"
        f"{f', {one.detail}' if one.state is NoticeState.DEAD and one.detail else ''}."
        for one in reversed(about_shifts)
    ]


def _messages_text(name: str, messages: Sequence[NoticeSummary]) -> str:
    sent = [message for message in messages if message.state is NoticeState.SENT]
    printed = sum(message.outcome == PRINTED for message in sent)
    given_up = sum(message.state is NoticeState.DEAD for message in messages)
    text = f"Messages to {name}: {len(sent) - printed} delivered"
    if printed:
        text += f", {printed} {PRINTED_TEXT}"
    return f"{text}, {given_up} given up." if given_up else f"{text}."

"""Reasons why a person was or was not notified of an incident, from what was stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Step
from gateway.core.plan.recipients import receiver_of
from gateway.core.plan.references import ReferenceKind, parse_reference, resolve_reference
from gateway.core.plan.target_name import account_label
from gateway.flow.queries.duty import DutyReader
from gateway.store.queries.deliveries import NoticeSummary
from gateway.store.state.timeline import AckRecord
from gateway.web.explain.context import ExplainContext


@dataclass(frozen=True, slots=True)
class RouteToPerson:
    """A route from an incident to a person: the receiver itself, or a step of its escalation.

    `step` counts from 1; 0 is the receiver. `rota` is the rota that names the person, None if the
    receiver or the step does.
    """

    step: int
    rota: str | None = None


def routes_to(
    context: ExplainContext, reader: DutyReader, incident: Incident, person: str
) -> list[RouteToPerson]:
    """Return all routes from the incident to the person, by the routes.yaml in force."""
    plan = context.plan
    receiver = receiver_of(plan, incident.receiver)
    is_target = any(target.person == person for target in receiver.targets)
    routes = [RouteToPerson(0)] if is_target else []
    escalation = plan.escalations.get(receiver.escalate or "")
    end = context.now if incident.resolved_at is None else incident.resolved_at
    for number, step in enumerate(escalation.steps if escalation else (), 1):
        rotas = _rotas_to(context, reader, step, person, (incident.opened_at, end))
        routes += [RouteToPerson(number, rota) for rota in rotas]
    return routes


def _rotas_to(
    context: ExplainContext,
    reader: DutyReader,
    step: Step,
    person: str,
    span: tuple[float, float],
) -> list[str | None]:
    """Return the rota of each reference that leads to the person; None for one without a rota."""
    plan, (start, end) = context.plan, span
    rotas: list[str | None] = []
    for kind, name in map(parse_reference, step.notify):
        if kind is ReferenceKind.PERSON and name == person:
            rotas.append(None)
        elif kind is ReferenceKind.ROTA and name in plan.rotas:
            shifts = reader.shifts(name, start, max(end, start + 1.0))
            if any(person in shift.people for shift in shifts):
                rotas.append(name)
        elif kind in (ReferenceKind.SECONDARY, ReferenceKind.MEMBERS):
            if person in resolve_reference(plan, f"{kind}:{name}", end).people:
                rotas.append(None)
        elif kind is ReferenceKind.RECEIVER:
            targets = receiver_of(plan, name).targets
            if any(target.person == person for target in targets):
                rotas.append(None)
    return rotas


def delivery_reasons(context: ExplainContext, notices: Sequence[NoticeSummary]) -> list[str]:
    """Return a sentence for each message to the person."""
    return [_delivery(context, notice) for notice in notices]


def _delivery(context: ExplainContext, notice: NoticeSummary) -> str:
    channel = account_label(notice.target.channel, notice.target.account)
    reason = notice.reason
    attempts = f" after {notice.attempts} attempts" if notice.attempts > 1 else ""
    detail = f": {notice.detail}" if notice.detail else ""
    match notice.state:
        case NoticeState.SENT:
            sent_at = context.clock(notice.sent_at or notice.created_at)
            if notice.outcome == PRINTED:
                return f"Not notified by {channel} ({reason}): {PRINTED_TEXT} at {sent_at}."
            return f"Notified by {channel} at {sent_at}{attempts} ({reason})."
        case NoticeState.DEAD:
            return f"Not notified by {channel} ({reason}): given up{attempts}{detail}."
        case NoticeState.FOLDED:
            return f"Notified by {channel} in a later message ({reason})."
        case NoticeState.CANCELLED:
            return f"Not notified by {channel} ({reason}): no longer needed{detail}."
        case _:
            return f"Not notified by {channel} yet ({reason}): retrying{attempts}{detail}."


def own_actions(context: ExplainContext, person: Person, records: Sequence[AckRecord]) -> list[str]:
    """Return a sentence for each acknowledgement, take-over or undo by the person."""
    return [
        f"{record.action.capitalize()} by {person.name} at {context.clock(record.at)} "
        f"({record.actor.via_text})."
        for record in records
    ]


def missing_reasons(
    context: ExplainContext,
    reader: DutyReader,
    incident: Incident,
    routes: Sequence[RouteToPerson],
    timeline: Sequence[TimelineEntry],
    person: Person,
) -> list[str]:
    """Return why no message to the person was ever queued, although `routes` lead to them."""
    notified = (TimelineKind.NOTIFIED, TimelineKind.ESCALATED)
    if not any(entry.kind in notified for entry in timeline):
        return _nobody_notified(context, incident, timeline)
    if not person.contacts:
        return [f"{person.name} has no contact in routes.yaml."]
    steps = {
        entry.data.get("step"): entry for entry in timeline if entry.kind is TimelineKind.ESCALATED
    }
    sentences = []
    for route in routes:
        if route.step == 0:
            sentences.append(
                f"The receiver has had {person.name} as a target only since a later reload."
            )
        elif route.step in steps:
            sentences.append(_other_person(context, reader, route, steps[route.step], person))
        else:
            sentences.append(_before_step(context, incident, route, timeline, person))
    sentences += [
        f"At {context.clock(entry.at)} a step had no targets: {entry.text}."
        for entry in timeline
        if entry.kind is TimelineKind.STEP_EMPTY
    ]
    sentences += [
        f"At {context.clock(entry.at)} {entry.text.replace(':', ' was skipped:', 1)}."
        for entry in timeline
        if entry.kind is TimelineKind.SKIPPED
        and entry.data.get("step") in {route.step for route in routes}
    ]
    return list(dict.fromkeys(sentences))


def _nobody_notified(
    context: ExplainContext, incident: Incident, timeline: Sequence[TimelineEntry]
) -> list[str]:
    suppressed = [
        f"Nobody was notified: {entry.text} (since {context.clock(entry.at)})."
        for entry in timeline
        if entry.kind is TimelineKind.SUPPRESSED
    ]
    if suppressed:
        return suppressed
    if not incident.open:
        return ["Nobody was notified: it was resolved before the group's first message."]
    return [
        f"Not notified yet: the group waits until {context.clock(incident.tick_at)} "
        "for more alerts (group_wait)."
    ]


def _other_person(
    context: ExplainContext,
    reader: DutyReader,
    route: RouteToPerson,
    entry: TimelineEntry,
    person: Person,
) -> str:
    taken_at = context.clock(entry.at)
    turn = entry.data.get("turn")
    if isinstance(turn, str):
        return (
            f"Step {route.step} was taken at {taken_at}; by round robin it was "
            f"{context.name(turn)}'s turn."
        )
    if route.rota is None:
        return (
            f"Step {route.step} was taken at {taken_at}, by a routes.yaml whose step did not "
            f"notify {person.name}."
        )
    names = [context.name(one) for one in reader.at(route.rota, entry.at).people]
    return (
        f"Step {route.step} was taken at {taken_at}, when {', '.join(names) or 'nobody'} was on "
        f"call in rota {route.rota}."
    )


def _before_step(
    context: ExplainContext,
    incident: Incident,
    route: RouteToPerson,
    timeline: Sequence[TimelineEntry],
    person: Person,
) -> str:
    """Return what ended the escalation before the step, or when the step comes."""
    state = incident.escalation
    if incident.open and incident.ack is None and state is not None:
        next_step = state.step + 1
        if state.next_at is not None and next_step <= route.step:
            text = f"Not notified yet: step {route.step} notifies {person.name}"
            next_at = context.clock(state.next_at)
            if next_step == route.step:
                return f"{text} at {next_at}."
            return f"{text}; step {next_step} is next, at {next_at}."
    ends = {TimelineKind.ACKNOWLEDGED: "acknowledged", TimelineKind.RESOLVED: "resolved"}
    for kind, verb in ends.items():
        entry = next((one for one in timeline if one.kind is kind), None)
        if entry is None:
            continue
        by = entry.data.get("by")
        if kind is TimelineKind.ACKNOWLEDGED and isinstance(by, str):
            verb = f"acknowledged by {context.name(by)}"
        at = context.clock(entry.at)
        return f"Not notified: {verb} at {at}, before step {route.step} notified {person.name}."
    return f"Not notified: step {route.step}, which notifies {person.name}, was not taken."

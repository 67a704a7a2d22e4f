"""Why a person heard of an incident, or did not: read from what was stored when it was decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.outbox import PRINTED, PRINTED_TEXT, NoticeState
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.oncall.rota import on_call, stints
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Plan, Step
from gateway.core.plan.recipients import person_targets, receiver_of
from gateway.render.view.times import clock_time
from gateway.store.queries.deliveries import NoticeSummary
from gateway.web.explain.names import name_of


@dataclass(frozen=True, slots=True)
class Lead:
    """A way from an incident to a person: a step of its escalation, or the receiver itself.

    `step` counts from 1; 0 is the receiver. `rota` is the one that leads to them, None where they
    are named.
    """

    step: int
    rota: str | None = None


def leads(plan: Plan, incident: Incident, person: str, now: float) -> list[Lead]:
    """All ways from the incident to the person, by the routes.yaml in force."""
    receiver = receiver_of(plan, incident.receiver)
    found = [Lead(0)] if any(target.person == person for target in receiver.targets) else []
    escalation = plan.escalations.get(receiver.escalate or "")
    end = now if incident.resolved_at is None else incident.resolved_at
    for number, step in enumerate(escalation.steps if escalation else (), 1):
        found += [Lead(number, rota) for rota in _ways(plan, step, person, incident.opened_at, end)]
    return found


def _ways(plan: Plan, step: Step, person: str, start: float, end: float) -> list[str | None]:
    ways: list[str | None] = []
    for reference in step.notify:
        sort, _, name = reference.partition(":")
        if sort == "person" and name == person:
            ways.append(None)
        elif sort == "rota" and name in plan.rotas:
            on_duty = stints(plan.rotas[name], start, max(end, start + 1.0))
            if any(stint.person == person for stint in on_duty):
                ways.append(name)
        elif sort == "receiver":
            targets = receiver_of(plan, name).targets
            if any(target.person == person for target in targets):
                ways.append(None)
    return ways


def why_told(notices: Sequence[NoticeSummary], zone: str, now: float) -> list[str]:
    """A sentence for each message to the person."""
    return [_sentence(line, zone, now) for line in notices]


def _sentence(line: NoticeSummary, zone: str, now: float) -> str:
    channel = spec_of(line.target.channel).label
    reason = line.reason
    tries = f" after {line.attempts} attempts" if line.attempts > 1 else ""
    why = f": {line.detail}" if line.detail else ""
    match line.state:
        case NoticeState.SENT:
            sent = clock_time(line.sent_at or line.created_at, zone, now)
            if line.outcome == PRINTED:
                return f"Not notified by {channel} ({reason}): {PRINTED_TEXT} at {sent}."
            return f"Notified by {channel} at {sent}{tries} ({reason})."
        case NoticeState.DEAD:
            return f"Not notified by {channel} ({reason}): given up{tries}{why}."
        case NoticeState.FOLDED:
            return f"Notified by {channel} in a later message ({reason})."
        case NoticeState.CANCELLED:
            return f"Not notified by {channel} ({reason}): no longer needed{why}."
        case _:
            return f"Not notified by {channel} yet ({reason}): still trying{tries}{why}."


def why_not_told(
    plan: Plan,
    incident: Incident,
    found: Sequence[Lead],
    entries: Sequence[TimelineEntry],
    person: str,
    now: float,
    zone: str,
) -> list[str]:
    """Why no message to the person was ever written, although `found` leads to them."""

    def at(t: float) -> str:
        return clock_time(t, zone, now)

    spoke = [
        entry for entry in entries if entry.kind in (TimelineKind.NOTIFIED, TimelineKind.ESCALATED)
    ]
    if not spoke:
        return _nobody_told(incident, entries, now, zone)
    known = plan.people.get(person)
    if known is not None and not person_targets(known):
        return [f"{known.name} has neither e-mail nor Slack in routes.yaml: nothing leads there."]
    said = []
    taken = {
        entry.data.get("step"): entry for entry in entries if entry.kind is TimelineKind.ESCALATED
    }
    missed = [entry for entry in entries if entry.kind is TimelineKind.STEP_EMPTY]
    for lead in found:
        if lead.step == 0:
            said.append("The receiver has led there only since it was changed.")
        elif lead.step in taken:
            said.append(_other_person(plan, lead, taken[lead.step], zone, now))
        else:
            said.append(f"{_before(plan, incident, lead, entries, zone, now)}.")
    said += [f"At {at(entry.at)} nobody was reached: {entry.text}." for entry in missed]
    return list(dict.fromkeys(said))


def _nobody_told(
    incident: Incident, entries: Sequence[TimelineEntry], now: float, zone: str
) -> list[str]:
    quiet = [
        f"Nobody was told: {entry.text} (since {clock_time(entry.at, zone, now)})."
        for entry in entries
        if entry.kind is TimelineKind.SUPPRESSED
    ]
    if quiet:
        return quiet
    if not incident.open:
        return ["Nobody was told: it was over before the group's first message."]
    return [
        f"Nobody was told yet: the group waits until {clock_time(incident.tick_at, zone, now)} "
        "for more alerts (group_wait)."
    ]


def _other_person(plan: Plan, lead: Lead, entry: TimelineEntry, zone: str, now: float) -> str:
    when = clock_time(entry.at, zone, now)
    if lead.rota is None:
        return f"Step {lead.step} was taken at {when}, by a routes.yaml that did not lead there."
    there = ", ".join(name_of(plan, one) for one in on_call(plan.rotas[lead.rota], entry.at))
    return (
        f"Step {lead.step} was taken at {when}, when {there or 'nobody'} was on call in rota "
        f"{lead.rota}."
    )


def _before(
    plan: Plan,
    incident: Incident,
    lead: Lead,
    entries: Sequence[TimelineEntry],
    zone: str,
    now: float,
) -> str:
    """What came before the step, or that it is still to come. Without a full stop."""
    step = f"step {lead.step}, which leads there"
    if incident.open and incident.ack is None and incident.escalation is not None:
        state = incident.escalation
        if state.next_at is not None and state.step < lead.step:
            when = clock_time(state.next_at, zone, now)
            return f"Not notified yet: {step}, has not come; step {state.step + 1} comes at {when}"
    for kind, words in (("acknowledged", "somebody had it"), ("resolved", "it was over")):
        entry = next((one for one in entries if one.kind == kind), None)
        if entry is None:
            continue
        who = entry.data.get("by")
        if kind == "acknowledged" and isinstance(who, str):
            words = f"{name_of(plan, who)} had it"
        when = clock_time(entry.at, zone, now)
        return f"Not notified: {words} from {when} on, before {step}, came"
    return f"Not notified: {step}, was not taken"

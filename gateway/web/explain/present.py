"""Sentences about an incident's present state and its next steps.

They are made of the values that the next decision is made of.
"""

from collections.abc import Sequence

from gateway.core.actor import via_text
from gateway.core.decide.contacts_due import is_urgent, pending_contacts
from gateway.core.incidents.incident import EscalationState, Incident, Member
from gateway.core.incidents.suppression import SuppressReason, suppressions_text
from gateway.core.plan.intervals import timing
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Repeats, Severity, Step
from gateway.core.plan.recipients import receiver_of, step_targets
from gateway.core.plan.target_name import target_name
from gateway.core.routing.match import Route
from gateway.core.routing.mutes import find_mute, next_mute_change
from gateway.core.time.timestamps import format_duration
from gateway.render.view.clean import clean
from gateway.render.view.times import duration
from gateway.web.explain.answers import Sentence
from gateway.web.explain.context import ExplainContext


def present_sentences(
    context: ExplainContext,
    incident: Incident,
    members: Sequence[Member],
    silences: Sequence[Sentence] = (),
) -> list[Sentence]:
    """Return why the incident does or does not notify now, and what comes next.

    `silences` are sentences about the active silences. They replace the stored reason "silenced",
    which names the silence of the last decision.
    """
    if not incident.open:
        return [_resolved(context, incident)]
    plan, now = context.plan, context.now
    route = plan.route(incident.route_id)
    sentences = []
    if incident.route_id not in plan.routes:
        sentences.append(
            Sentence("Its route is no longer in routes.yaml; the root route's settings apply.")
        )
    if incident.missed_at is not None:
        missed_at = context.clock(incident.missed_at)
        sentences.append(Sentence(f"Nobody acknowledged by {missed_at}: the response is missed."))
    sentences += _acknowledged(context, incident, members)
    mute = _mute(context, route)
    sentences += mute
    if not incident.flushed:
        wait = f"Not notified yet: the group waits until {context.clock(incident.tick_at)}"
        sentences.append(Sentence(f"{wait} for more alerts (group_wait)."))
    receiver = receiver_of(plan, incident.receiver)
    if not (receiver.targets or receiver.escalate or incident.escalation):
        text = f'Not notifying: receiver "{clean(receiver.name, 100)}" has no targets.'
        return [*sentences, Sentence(text), *silences]
    if incident.suppressions and not (silences and incident.suppressed_by(SuppressReason.SILENCED)):
        reasons = clean(suppressions_text(incident.suppressions, context.zone), 200)
        sentences.append(Sentence(f"Not notifying: {reasons}."))
    sentences += silences
    if incident.suppressed:
        sentences.append(
            Sentence("While it is suppressed, no escalation step is taken and nothing repeats.")
        )
    elif incident.ack is None and not mute:
        sentences += _pending(context, incident)
        sentences += _next_step(context, incident)
        sentences += _next_repeat(context, incident, members, route, now)
    return sentences


def _resolved(context: ExplainContext, incident: Incident) -> Sentence:
    ended_at = context.now if incident.resolved_at is None else incident.resolved_at
    text = f"Resolved at {context.clock(ended_at)} after {duration(incident.lasted(context.now))}."
    if incident.ack is not None:
        text += f" {context.name(incident.ack.by)} had acknowledged it."
    return Sentence(text)


def _acknowledged(
    context: ExplainContext, incident: Incident, members: Sequence[Member]
) -> list[Sentence]:
    ack = incident.ack
    if ack is None:
        return []
    via = via_text(ack.via, verified=ack.verified)
    sentences = [
        Sentence(
            f"Acknowledged by {context.name(ack.by)} since {context.clock(ack.at)} ({via}): no "
            f"reminders and no further steps until {context.clock(ack.expires_at)}, unless it "
            "gets worse."
        )
    ]
    later = sum(m.firing(context.now) and m.acked_starts_at != m.alert.starts_at for m in members)
    if later:
        sentences.append(Sentence(f"Later alerts, not covered by the acknowledgement: {later}."))
    return sentences


def _mute(context: ExplainContext, route: Route) -> list[Sentence]:
    mute = find_mute(route, context.plan.time_intervals, context.now)
    if mute is None:
        return []
    kind, names = mute
    ends_at = next_mute_change(route, context.plan.time_intervals, context.now)
    reason = f"muted by {names}" if kind == "muted" else f"outside its active intervals ({names})"
    if ends_at is None:
        return [Sentence(f"Its route is {reason}.")]
    until = context.clock(ends_at)
    return [Sentence(f"Its route is {reason} until {until}: no notification before.")]


def _next_step(context: ExplainContext, incident: Incident) -> list[Sentence]:
    state = incident.escalation
    escalation = context.plan.escalations.get(state.name) if state else None
    if state is None or escalation is None:
        return []
    if state.next_at is None:
        return [Sentence(f"Escalation {state.name} has taken its last step.")]
    sentences: list[Sentence] = []
    for number, step in enumerate(escalation.steps[state.step :], state.step + 1):
        why = context.plan.skips(step, incident.severity, state.next_at)
        if not why:
            urgent = is_urgent(incident, context.plan)
            return [*sentences, *_step(context, state, number, step, urgent=urgent)]
        text = f"Step {number} of escalation {state.name} is skipped then: {why}."
        sentences.append(Sentence(text))
    return sentences


def _step(
    context: ExplainContext, state: EscalationState, number: int, step: Step, *, urgent: bool
) -> list[Sentence]:
    """Return whom a step notifies at the time of the next step."""
    next_at = 0.0 if state.next_at is None else state.next_at
    targets = step_targets(context.plan, step, next_at, urgent=urgent)
    names = [context.name(one) for one in targets.people]
    names += [target_name(target) for target in targets.targets if target.person is None]
    one_of = "one of " if step.round_robin and len(names) > 1 else ""
    text = (
        f"Step {number} of escalation {state.name} notifies "
        f"{one_of}{', '.join(names) or 'nobody'} at {context.clock(next_at)}, "
        "unless somebody acknowledges before."
    )
    return [Sentence(text), *(Sentence(f"In that step, {one}.") for one in targets.missing)]


def _pending(context: ExplainContext, incident: Incident) -> list[Sentence]:
    """Return whom the personal notification rules notify next, a sentence for each contact."""
    sentences = []
    for due in pending_contacts(incident, context.plan, context.now):
        why = ", when their quiet hours end" if due.quiet else ""
        text = f"{clean(due.person.name, 100)} is notified by {clean(due.contact.name, 100)}"
        at = context.clock(due.at)
        sentences.append(Sentence(f"{text} at {at}{why}, unless somebody acknowledges before."))
    return sentences


def _next_repeat(
    context: ExplainContext,
    incident: Incident,
    members: Sequence[Member],
    route: Route,
    now: float,
) -> list[Sentence]:
    if incident.notified_at is None:
        return []
    intervals = timing(route, _severity(members, context.plan, now), context.plan.repeats)
    next_at = intervals.repeat_at(incident.tick_at, incident.notified_at)
    on_ticks = f", {Repeats.ON_TICKS}" if intervals.repeats is Repeats.ON_TICKS else ""
    text = (
        f"The last messages to receiver {clean(incident.receiver, 100)} were queued at "
        f"{context.clock(incident.notified_at)}. If nothing changes, they repeat at "
        f"{context.clock(next_at)} "
        f"(repeat_interval {format_duration(intervals.repeat_interval)}{on_ticks})."
    )
    return [Sentence(text)]


def _severity(members: Sequence[Member], plan: Plan, now: float) -> Severity:
    """Return the worst severity of the firing alerts, as decisions do."""
    return min(
        (plan.severity_of(member.alert.labels) for member in members if member.firing(now)),
        key=lambda severity: severity.rank,
        default=Severity("none", UNKNOWN_RANK),
    )

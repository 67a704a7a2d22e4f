"""The escalation's part of an evaluation: the next step is taken when nobody acknowledged."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.transitions import TRANSITIONS, Timer
from gateway.core.incidents.incident import EscalationState
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.intervals import step_wait
from gateway.core.plan.plan import Escalation, Step
from gateway.core.plan.recipients import ResolvedTargets, fallback_of, step_targets


def move_escalation(ev: Evaluation, timer: Timer) -> None:
    """Do to the escalation what the table says of an event."""
    draft = ev.draft
    if timer is Timer.START:
        start_escalation(ev, ev.now)
    elif timer is Timer.RESTART:
        start_escalation(ev, ev.now + step_wait(None, ev.severity, ev.now, ev.plan))
    elif timer is Timer.POSTPONE:
        _postpone(ev)
    elif timer is Timer.RESUME:
        _resume(ev)
    elif timer is Timer.PAUSE and draft.escalation is not None:
        draft.escalation = replace(draft.escalation, next_at=None)
    elif timer is Timer.END:
        draft.escalation = None


def start_escalation(ev: Evaluation, next_at: float) -> None:
    """Start the receiver's escalation from its first step, due at `next_at`."""
    if ev.receiver.escalate in ev.plan.escalations:
        ev.draft.escalation = EscalationState(str(ev.receiver.escalate), next_at=next_at)


def _postpone(ev: Evaluation) -> None:
    """Give those who are notified after a quiet time the step's whole wait to acknowledge."""
    state = ev.draft.escalation
    if state is None or state.next_at is None or state.next_at > ev.now or state.step == 0:
        return
    policy = ev.plan.escalations.get(state.name)
    steps = policy.steps[: state.step] if policy else ()
    wait = step_wait(steps[-1].wait if steps else None, ev.severity, ev.now, ev.plan)
    ev.draft.escalation = replace(state, next_at=ev.now + wait)


def _resume(ev: Evaluation) -> None:
    """Plan the next step after the wait of the last one taken."""
    state = ev.draft.escalation
    policy = ev.plan.escalations.get(state.name) if state else None
    if state is None or policy is None or state.step >= len(policy.steps):
        return
    last = policy.steps[max(0, state.step - 1)]
    wait = step_wait(last.wait, ev.severity, ev.now, ev.plan)
    ev.draft.escalation = replace(state, next_at=ev.now + wait)


def escalate(ev: Evaluation) -> None:
    """Take the steps that are due."""
    while _is_due(ev):
        state = ev.draft.escalation
        assert state is not None
        policy = ev.plan.escalations.get(state.name)
        if policy is None:  # a reload removed it: start the one that is named now
            ev.draft.escalation = None
            start_escalation(ev, ev.now)
        elif state.step >= len(policy.steps):  # a reload made it shorter
            _advance(ev, state, policy, wait=0.0, reached=True)
        else:
            _take_step(ev, state, policy, policy.steps[state.step])


def _is_due(ev: Evaluation) -> bool:
    """Return whether the next step is due and nothing holds it."""
    draft = ev.draft
    return (
        draft.escalation is not None
        and draft.escalation.next_at is not None
        and ev.now >= draft.escalation.next_at - EARLY
        and draft.ack is None
        and draft.open
        and bool(ev.visible)
        and not ev.muted
        # The group is notified at the tick, and the step's whole wait counts from then.
        and not (ev.waits_for_tick and (ev.reappeared or draft.notification_pending))
    )


def _take_step(ev: Evaluation, state: EscalationState, policy: Escalation, step: Step) -> None:
    resolved = step_targets(ev.plan, step, ev.now)
    for sentence in resolved.missing:
        ev.record(TimelineKind.STEP_EMPTY, f"step {state.step + 1}: {sentence}")
    for sentence in resolved.skipped:
        ev.record(TimelineKind.SKIPPED, f"step {state.step + 1}: {sentence}")
    reached = bool(resolved.targets)
    if state.step == 0 and state.round == 0:
        kind, reason = NoticeKind.FIRING, NotifyReason.FIRST
    else:
        reason = NotifyReason.ESCALATION
        kind = TRANSITIONS[ev.draft.state, reason].kind
    ev.notify(resolved.targets, kind, reason)
    if reached:
        ev.reasons.append(reason)
        text = f"step {state.step + 1}: {_names(ev, step, resolved)}"
        ev.record(TimelineKind.ESCALATED, text, step=state.step + 1)
    wait = step_wait(step.wait, ev.severity, ev.now, ev.plan)
    _advance(ev, state, policy, wait=wait, reached=reached)


def _names(ev: Evaluation, step: Step, resolved: ResolvedTargets) -> str:
    people = ", ".join(ev.plan.name_of(person) for person in resolved.people)
    return people or ", ".join(step.notify)


def _advance(
    ev: Evaluation, state: EscalationState, policy: Escalation, *, wait: float, reached: bool
) -> None:
    """Plan the step after the present one; one that reached nobody is not waited for (E27)."""
    at = ev.now + wait if reached else ev.now
    if state.step + 1 < len(policy.steps):
        ev.draft.escalation = replace(state, step=state.step + 1, next_at=at)
    elif state.round < policy.repeat and reached:
        ev.draft.escalation = replace(state, step=0, round=state.round + 1, next_at=at)
    else:
        ev.draft.escalation = replace(state, step=len(policy.steps), next_at=None)
        if not reached:
            _fall_back(ev)


def _fall_back(ev: Evaluation) -> None:
    fallback = fallback_of(ev.plan, ev.receiver)
    reason = NotifyReason.FALLBACK
    ev.note = "the last escalation step has no targets: you are the fallback"
    ev.notify(fallback.targets, TRANSITIONS[ev.draft.state, reason].kind, reason)
    ev.record(TimelineKind.FELL_BACK, f"to receiver {fallback.name}: the last step has no targets")

"""The escalation's part of an evaluation: the next step is taken when nobody acknowledged."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.personal import reach
from gateway.core.decide.round_robin import take_turn
from gateway.core.decide.transitions import TRANSITIONS, Timer
from gateway.core.incidents.incident import EscalationState
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.intervals import step_wait
from gateway.core.plan.plan import Escalation, Step, Target
from gateway.core.plan.recipients import ResolvedTargets, fallback_of, step_targets, targets_for


def move_escalation(ev: Evaluation, timer: Timer) -> None:
    """Do to the escalation what the table says of an event."""
    draft = ev.draft
    if timer is Timer.START:
        start_escalation(ev, ev.now)
    elif timer is Timer.RESTART:
        start_escalation(ev, ev.now + step_wait(None, ev.timing, ev.now, ev.plan))
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
    name, before = ev.receiver.escalate, ev.draft.escalation
    if name in ev.plan.escalations:
        picks = before.picks if before is not None and before.name == name else {}
        ev.draft.escalation = EscalationState(str(name), next_at=next_at, picks=picks)


def _postpone(ev: Evaluation) -> None:
    """Give those who are notified after a quiet time the step's whole wait to acknowledge."""
    state = ev.draft.escalation
    if state is None or state.next_at is None or state.next_at > ev.now or state.step == 0:
        return
    policy = ev.plan.escalations.get(state.name)
    last = _last_taken(state, policy) if policy else None
    wait = step_wait(last.wait if last else None, ev.timing, ev.now, ev.plan)
    ev.draft.escalation = replace(state, next_at=ev.now + wait)


def _resume(ev: Evaluation) -> None:
    """Plan the next step after the wait of the last one taken."""
    state = ev.draft.escalation
    policy = ev.plan.escalations.get(state.name) if state else None
    if state is None or policy is None or state.step >= len(policy.steps):
        return
    last = _last_taken(state, policy) or policy.steps[0]
    wait = step_wait(last.wait, ev.timing, ev.now, ev.plan)
    ev.draft.escalation = replace(state, next_at=ev.now + wait)


def _last_taken(state: EscalationState, policy: Escalation) -> Step | None:
    """Return the last step of this round that was not skipped; None before the first."""
    taken = [
        step for index, step in enumerate(policy.steps[: state.step]) if index not in state.skipped
    ]
    return taken[-1] if taken else None


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
            _advance(ev, replace(state, reached=True), policy, ev.now)
        else:
            _skip_or_take_step(ev, state, policy, policy.steps[state.step])


def take_next_step(ev: Evaluation) -> bool:
    """Take the next step that reaches somebody, due or not; after the last one the first again.

    Return whether there is one. If not, the evaluation must not be saved.
    """
    state = ev.draft.escalation
    policy = ev.plan.escalations.get(state.name) if state else None
    if state is None or policy is None:
        return False
    before = len(ev.notices)
    for _ in policy.steps:
        if state.step >= len(policy.steps):
            state = replace(state, step=0, round=state.round + 1, reached=None)
        _skip_or_take_step(ev, state, policy, policy.steps[state.step])
        state = ev.draft.escalation
        if len(ev.notices) > before or state is None:
            return state is not None
    return False


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


def _skip_or_take_step(
    ev: Evaluation, state: EscalationState, policy: Escalation, step: Step
) -> None:
    why = ev.plan.skips(step, ev.severity.name, ev.now)
    if not why:
        _take_step(ev, state, policy, step)
        return
    number = state.step + 1
    ev.record(TimelineKind.SKIPPED, f"step {number}: {why}", step=number)
    if not state.round:  # in a later round it was taken or skipped before
        state = replace(state, skipped=(*state.skipped, state.step))
    _advance(ev, state, policy, ev.now)


def _take_step(ev: Evaluation, state: EscalationState, policy: Escalation, step: Step) -> None:
    labels = ev.common_labels()
    step, state = take_turn(ev, state, step)
    resolved = step_targets(ev.plan, step, ev.now, labels, urgent=ev.urgent)
    for sentence in resolved.missing:
        ev.record(TimelineKind.STEP_EMPTY, f"step {state.step + 1}: {sentence}")
    for sentence in resolved.skipped:
        ev.record(TimelineKind.SKIPPED, f"step {state.step + 1}: {sentence}")
    reached = bool(resolved.targets)
    if state.round == 0 and len(state.skipped) == state.step:  # the first one that is taken
        kind, reason = NoticeKind.FIRING, NotifyReason.FIRST
    else:
        reason = NotifyReason.ESCALATION
        kind = TRANSITIONS[ev.draft.state, reason].kind
    ev.notify(resolved.direct, kind, reason)
    for person in resolved.people:
        reach(ev, person, step.by, reason, kind)
    ev.notify(_channels_that_mention(ev), kind, reason)
    if reached:
        ev.reasons.append(reason)
        text = f"step {state.step + 1}: {_names(ev, step, resolved)}"
        data: dict[str, object] = {"step": state.step + 1}
        if step.round_robin:
            data["turn"] = resolved.people[0]
            text += f" (round robin: {ev.plan.name_of(resolved.people[0])}'s turn)"
        ev.record(TimelineKind.ESCALATED, text, **data)
    # A step that reached nobody is not waited for (E27).
    wait = step_wait(step.wait, ev.timing, ev.now, ev.plan) if reached else 0.0
    skipped = tuple(one for one in state.skipped if one != state.step)
    _advance(ev, replace(state, reached=reached, skipped=skipped), policy, ev.now + wait)


def _channels_that_mention(ev: Evaluation) -> list[Target]:
    """Return the notified channels that can mention somebody whom this evaluation pages."""
    people = [ev.plan.people[one] for one in ev.paged() if one in ev.plan.people]
    return [
        target
        for target in ev.draft.notified_targets.values()
        if target.person is None
        and spec_of(target.channel).can(Capability.MENTIONS)
        and any(person.mention_at(target.account) for person in people)
    ]


def _names(ev: Evaluation, step: Step, resolved: ResolvedTargets) -> str:
    people = ", ".join(ev.plan.name_of(person) for person in resolved.people)
    return people or ", ".join(step.notify)


def _advance(ev: Evaluation, state: EscalationState, policy: Escalation, next_at: float) -> None:
    """Plan the step after the present one at `next_at`, or end the round.

    The fallback is notified if the last step that was taken has no targets, or none was taken.
    """
    if state.step + 1 < len(policy.steps):
        ev.draft.escalation = replace(state, step=state.step + 1, next_at=next_at)
    elif state.round < policy.repeat and state.reached:
        ev.draft.escalation = replace(
            state, step=0, round=state.round + 1, next_at=next_at, reached=None
        )
    else:
        ev.draft.escalation = replace(state, step=len(policy.steps), next_at=None)
        if state.reached is None:
            _fall_back(ev, "no step of the escalation applies")
        elif not state.reached:
            _fall_back(ev, "the last escalation step has no targets")


def _fall_back(ev: Evaluation, why: str) -> None:
    fallback = fallback_of(ev.plan, ev.receiver)
    reason = NotifyReason.FALLBACK
    ev.note = f"{why}: you are the fallback"
    targets = targets_for(fallback, ev.common_labels())
    ev.notify(targets, TRANSITIONS[ev.draft.state, reason].kind, reason)
    ev.record(TimelineKind.FELL_BACK, f"to receiver {fallback.name}: {why}")

"""The round robin's part of a step: one person of it is paged, each incident the next one."""

from dataclasses import replace

from gateway.core.decide.evaluation import Evaluation
from gateway.core.incidents.incident import EscalationState
from gateway.core.plan.plan import Step
from gateway.core.plan.recipients import step_targets
from gateway.core.plan.round_robin import Turn, picked, step_key, whose_turn


def take_turn(ev: Evaluation, state: EscalationState, step: Step) -> tuple[Step, EscalationState]:
    """Return the step for the person whose turn it is, and the state that remembers them.

    A step without `round_robin`, or that reaches nobody, is returned as it is. An incident that
    gets worse pages the same person again; each repeated round pages another one.
    """
    if not step.round_robin:
        return step, state
    candidates = step_targets(ev.plan, step, ev.now, urgent=ev.urgent).people
    if not candidates:
        return step, state
    key, before = step_key(state.name, step), state.picks.get(state.step, ())
    if before and before[-1] in candidates and not state.round:
        return picked(step, before[-1:]), state
    person = whose_turn(candidates, ev.turns.get(key, ()), before)
    ev.turns_taken.append(Turn(key, person))
    picks = {**state.picks, state.step: (*before, person)}
    return picked(step, [person]), replace(state, picks=picks)

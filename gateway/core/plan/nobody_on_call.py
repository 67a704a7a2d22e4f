"""Escalations that reach nobody at an instant."""

from gateway.core.alerts.own_alerts import NOBODY_ON_CALL, ActiveCondition
from gateway.core.plan.plan import Escalation, Plan
from gateway.core.plan.recipients import step_targets
from gateway.core.plan.references import OF_ROTAS, parse_reference


def nobody_on_call(plan: Plan, now: float) -> list[ActiveCondition]:
    """Return a condition for each escalation in use that reaches nobody at `now`.

    Steps that do not apply to the most severe severity at this time do not count. An escalation
    without a rota reaches the same people at all times: `gateway check` reports it.
    """
    used = {receiver.escalate for receiver in plan.receivers.values()}
    return [
        ActiveCondition(NOBODY_ON_CALL, {"escalation": policy.name}, _rotas(policy))
        for policy in plan.escalations.values()
        if policy.name in used and _names_rota(policy) and not _reaches_somebody(plan, policy, now)
    ]


def _reaches_somebody(plan: Plan, policy: Escalation, now: float) -> bool:
    severity = next(iter(plan.severities), "")
    return any(
        step_targets(plan, step, now).targets
        for step in policy.steps
        if step.when is None or not step.when.failure(severity, plan.time_intervals, now)
    )


def _names_rota(policy: Escalation) -> bool:
    return any(
        parse_reference(reference).kind in OF_ROTAS
        for step in policy.steps
        for reference in step.notify
    )


def _rotas(policy: Escalation) -> dict[str, str]:
    """Return an annotation that names what the steps notify."""
    names = dict.fromkeys(reference for step in policy.steps for reference in step.notify)
    return {"steps": ", ".join(names)}

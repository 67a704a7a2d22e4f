"""Checks of the gateway's own conditions, which the reporter asks each round."""

from collections.abc import Callable, Sequence

from gateway.core.actor import ActorKind
from gateway.core.alerts.own_alerts import CHANGES_VOID, CLOCK_SKEW, RELOAD_FAILED, ActiveCondition
from gateway.core.plan.nobody_on_call import nobody_on_call
from gateway.core.plan.own_alert_settings import NO_LABELS
from gateway.core.plan.plan import Plan
from gateway.flow.oncall.changes_part import void_text
from gateway.flow.own_alerts.reporter import ConditionCheck
from gateway.flow.runtime.health import Health
from gateway.store import Tx
from gateway.store.state import changes

VOID_REPORTED = 86400.0
"""Seconds for which changes that became void are reported. Longer: a change that nobody needs any
more keeps an alert open until its end."""

ANY_ROTA = "any"
"""The label of changes that were for every rota: somebody was away."""


def check_on_call(tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
    """Return a condition for each escalation that reaches nobody at `now`."""
    return nobody_on_call(plan, now)


def check_void_changes(tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
    """Return a condition for each rota whose changes a new routes.yaml made void."""
    texts: dict[str, list[str]] = {}
    for change in changes.ending_after(tx, now):
        voiding = change.voiding
        if voiding is None or voiding.actor.kind is not ActorKind.SYSTEM:
            continue
        if voiding.at > now - VOID_REPORTED:
            texts.setdefault(change.rota or ANY_ROTA, []).append(void_text(change, plan))
    return [
        ActiveCondition(CHANGES_VOID, {"rota": rota}, {"changes": "; ".join(lines)})
        for rota, lines in texts.items()
    ]


def replica_check(
    replica: str, clock_problem: Callable[[], str], config_health: Callable[[], Health]
) -> ConditionCheck:
    """Return the check of what is wrong with this process alone.

    `clock_problem` returns an empty text while the clock is right.
    """
    labels = {"replica": replica}

    def check(tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
        conditions = []
        if clock_problem():  # its text counts seconds: an annotation of it would always change
            conditions.append(ActiveCondition(CLOCK_SKEW, labels, NO_LABELS))
        health = config_health()
        if not health.ok:
            problems = {"problems": health.text_for(public=True)}
            conditions.append(ActiveCondition(RELOAD_FAILED, labels, problems))
        return conditions

    return check

"""The gateway's own alert about promises that its last verification found broken."""

from collections.abc import Sequence

from gateway.core.alerts.own_alerts import PROMISE_BROKEN, ActiveCondition
from gateway.core.plan.own_alert_settings import NO_LABELS
from gateway.core.plan.plan import Plan
from gateway.store import Tx
from gateway.store.state import verifications


def check_verified(tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
    """Return a condition while the last stored verification found something missing."""
    last = verifications.last(tx)
    if last is None or not last.missing:
        return []
    result = {"result": f"{last.missing} missing: see `gateway verify` or the page /verify"}
    return [ActiveCondition(PROMISE_BROKEN, NO_LABELS, result, last.verified_at)]

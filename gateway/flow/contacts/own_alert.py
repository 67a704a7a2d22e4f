"""The gateway's own alert about each contact that cannot be notified."""

from collections.abc import Sequence

from gateway.core.alerts.own_alerts import CONTACT_UNUSABLE, ActiveCondition
from gateway.core.plan.contact_health import UnusableName, names_of_unusable
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.store import Tx
from gateway.store.state import contact_health


def check_contacts(tx: Tx, plan: Plan, now: float) -> Sequence[ActiveCondition]:
    """Return a condition for each unusable contact of a person and address of a receiver."""
    return [_condition(plan, one) for one in names_of_unusable(plan, contact_health.unusable(tx))]


def _condition(plan: Plan, name: UnusableName) -> ActiveCondition:
    if name.person is not None and name.contact is not None:
        labels = {"person": name.person.id, "contact": name.contact.name}
    else:
        receivers = [
            one.name
            for one in plan.receivers.values()
            if any(target.key == name.unusable.key for target in one.targets)
        ]
        labels = {"person": f"receiver {receivers[0]}", "contact": target_name(name.target)}
    reason = {"reason": name.unusable.reason}
    return ActiveCondition(CONTACT_UNUSABLE, labels, reason, name.unusable.since)

"""Unusable contacts as a part of the plan in force."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.plan.contact_health import UnusableContact, targets_of_plan
from gateway.core.plan.plan import Plan
from gateway.store import Tx
from gateway.store.state import contact_health


class ContactsPart:
    """Reads which contacts are unusable, and forgets those that a configuration drops."""

    def read(self, tx: Tx, now: float) -> tuple[UnusableContact, ...]:
        """Return all that are unusable."""
        return tuple(contact_health.unusable(tx))

    def apply(self, plan: Plan, stored: tuple[UnusableContact, ...]) -> Plan:
        """Return the plan with the reasons of unusable contacts."""
        if not stored:
            return plan
        return replace(plan, unusable_contacts={one.key: one.reason for one in stored})

    def adopt(self, tx: Tx, before: Plan | None, after: Plan, now: float) -> Sequence[str]:
        """Forget addresses that routes.yaml does not have any more: they were corrected."""
        known = targets_of_plan(after)
        gone = [one.key for one in contact_health.unusable(tx) if one.key not in known]
        contact_health.clear(tx, gone)
        return []

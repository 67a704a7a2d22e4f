"""What a message is written from calls people by their names."""

from tests.core.group_simulation import MINUTE, GroupSimulation


def test_who_is_next_is_called_by_name() -> None:
    """Ana reads that Ben is next, not that `person:ben` is; a receiver keeps its key."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    facts = group.decisions[-1].facts
    assert facts is not None
    assert facts["escalation"]["next"] == ["Ben", "receiver:everyone"]


def test_who_was_told_before_is_named_once() -> None:
    """The next person reads who heard before: everybody once, and not himself."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(15 * MINUTE)
    (facts,) = [
        decision.facts
        for decision in group.decisions
        if decision.facts and "escalation" in [one.reason.value for one in decision.notices]
    ]
    assert facts["told"] == [
        "email:billing-oncall@example.com",
        "slack:#billing-alerts",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
        "Ana",
    ]

"""What a message is written from calls people by their names."""

from tests.core.story import MINUTE, Story


def test_who_is_next_is_called_by_name() -> None:
    """Ana reads that Ben is next, not that `person:ben` is; a receiver keeps its key."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(1.0)
    facts = story.decisions[-1].facts
    assert facts is not None
    assert facts["escalation"]["next"] == ["Ben", "receiver:everyone"]


def test_who_was_told_before_is_named_once() -> None:
    """The next person reads who heard before: everybody once, and not himself."""
    story = Story()
    story.fire("DoubleChargeDetected")
    story.advance(15 * MINUTE)
    (facts,) = [
        decision.facts
        for decision in story.decisions
        if decision.facts and "escalation" in [one.reason.value for one in decision.notices]
    ]
    assert facts["told"] == [
        "email:billing-oncall@example.com",
        "slack:#billing-alerts",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
        "Ana",
    ]

"""Names of people in the facts of a message."""

from gateway.core.decide.facts import escalation_facts
from gateway.render.view.acknowledge_prompt import next_names
from tests.core.group_simulation import MINUTE, GroupSimulation


def test_next_step_of_a_person_is_their_name() -> None:
    """The next step names Ben, not `person:ben`; a receiver keeps its key."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    facts = group.decisions[-1].facts
    assert facts is not None
    assert facts["escalation"]["next"] == ["Ben", "receiver:everyone"]


def test_escalation_lists_notified_targets_once() -> None:
    """The escalation lists every target notified before it once, without its own."""
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


def test_next_step_has_the_names_of_people_for_lists() -> None:
    """Commands and pages get references, and the name of each person among them."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    escalation = escalation_facts(group.incident, group.plan, group.now)
    assert escalation is not None
    assert escalation["next"] == ["person:ben", "receiver:everyone"]
    assert next_names(escalation) == ("Ben", "everyone")

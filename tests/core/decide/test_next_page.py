"""Predictions of the next escalation, compared with the decision that follows."""

from dataclasses import replace
from datetime import date, time

from gateway.core.decide.facts import escalation_facts
from gateway.core.decide.next_page import next_page
from gateway.core.oncall.rota import Handover, Layer, Rota
from gateway.core.plan.person import Contact, PersonalRule
from gateway.core.plan.plan import Escalation, Plan, Step
from gateway.core.plan.recipients import step_targets
from tests.core.group_simulation import MINUTE, START, GroupSimulation, billing_plan
from tests.core.turns import one_each

DUTY = Rota(
    "platform",
    "UTC",
    (Layer(one_each(("ben",)), 1, "week", Handover(time(9), 0), date(2026, 1, 5)),),
)
NOBODY = Rota(
    "empty",
    "UTC",
    (Layer(one_each(("ben",)), 1, "week", Handover(time(9), 0), date(2090, 1, 2)),),
)


def escalating(*steps: Step, plan: Plan | None = None) -> GroupSimulation:
    """Return a simulation of a notified critical incident with these escalation steps."""
    plan = plan or billing_plan()
    group = GroupSimulation(
        replace(
            plan,
            escalations={"billing": Escalation("billing", steps)},
            rotas={"platform": DUTY, "empty": NOBODY},
        )
    )
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    return group


def assert_prediction_holds(group: GroupSimulation) -> None:
    """Check that the next escalation has the predicted time and targets."""
    prediction = next_page(group.incident, group.plan, group.now)
    assert prediction is not None
    before = len(group.notices)
    group.advance(prediction.at - group.now - 0.5)
    assert [one for one in group.notices[before:] if one.reason in ("escalation", "fallback")] == []
    group.advance(1.0)
    notices = [one for one in group.notices[before:] if one.reason in ("escalation", "fallback")]
    resolved_targets = step_targets(group.plan, Step(prediction.notify), prediction.at)
    assert {one.to for one in notices} == {target.key for target in resolved_targets.targets}
    assert {one.at for one in notices} == {round(prediction.at - START, 3)}


def test_next_page_names_the_rota_and_who_is_on_call_then() -> None:
    """The prediction names the people on call and the time, not only a rota."""
    group = escalating(Step(("person:ana",), wait=5 * MINUTE), Step(("rota:platform",)))
    facts = escalation_facts(group.incident, group.plan, group.now)
    assert facts is not None
    assert facts["next"] == ["rota:platform"]
    assert facts["on_call"] == {"rota:platform": ["Ben"]}
    assert facts["next_at"] == START + 5 * MINUTE
    assert_prediction_holds(group)


def test_next_page_skips_a_step_that_reaches_nobody() -> None:
    """E27: A step without targets is not waited for, so the one after it is predicted."""
    group = escalating(
        Step(("person:ana",), wait=5 * MINUTE),
        Step(("rota:empty",), wait=10 * MINUTE),
        Step(("person:ben",)),
    )
    prediction = next_page(group.incident, group.plan, group.now)
    assert prediction is not None
    assert prediction.notify == ("person:ben",)
    assert_prediction_holds(group)


def test_next_page_is_the_fallback_when_no_step_reaches_anybody() -> None:
    """E27: If the last steps reach nobody, the prediction names the fallback receiver."""
    plan = billing_plan()
    billing = replace(plan.receivers["billing"], fallback="everyone")
    plan = replace(plan, receivers={**plan.receivers, "billing": billing})
    group = escalating(Step(("person:ana",), wait=5 * MINUTE), Step(("rota:empty",)), plan=plan)
    prediction = next_page(group.incident, group.plan, group.now)
    assert prediction is not None
    assert prediction.notify == ("receiver:everyone",)
    assert_prediction_holds(group)


def test_no_page_is_predicted_while_acknowledged_or_after_the_last_step() -> None:
    """E22: A page that will not happen by itself is not predicted."""
    group = escalating(Step(("person:ana",), wait=5 * MINUTE), Step(("person:ben",)))
    group.ack("ana")
    assert next_page(group.incident, group.plan, group.now) is None
    group.ack("ana", undo=True)
    assert next_page(group.incident, group.plan, group.now) is not None
    group.advance(60 * MINUTE)
    assert next_page(group.incident, group.plan, group.now) is None


def test_no_page_is_predicted_while_silenced() -> None:
    """No page is predicted while every firing alert is silenced."""
    group = escalating(Step(("person:ana",), wait=30 * MINUTE), Step(("person:ben",)))
    (key,) = group.alerts
    group.silence(key)
    group.evaluate()
    assert next_page(group.incident, group.plan, group.now) is None


def test_delayed_rule_before_the_next_step_is_the_next_page() -> None:
    """The prediction names the person, the contact and the time of a personal rule."""
    plan = billing_plan()
    ana = replace(
        plan.people["ana"], urgent_rules=(PersonalRule("slack"), PersonalRule("email", MINUTE))
    )
    slack = Contact("slack", "slack", "U012ANA", "slack")
    ana = replace(ana, contacts={**ana.contacts, "slack": slack})
    plan = replace(plan, people={**plan.people, "ana": ana})
    group = escalating(Step(("person:ana",), wait=5 * MINUTE), Step(("person:ben",)), plan=plan)
    facts = escalation_facts(group.incident, group.plan, group.now)
    assert facts is not None
    assert (facts["next"], facts["by"]) == (["person:ana"], ["email"])
    assert facts["next_at"] == START + MINUTE
    group.advance(MINUTE)
    assert group.notices[-1].reason == "notification rule"
    following = next_page(group.incident, group.plan, group.now)
    assert following is not None
    assert following.notify == ("person:ben",)

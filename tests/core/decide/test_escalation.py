"""If nobody acknowledges, the next person hears."""

from dataclasses import replace

from gateway.core.plan.plan import Escalation, Step
from gateway.core.plan.recipients import person_targets
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    SLACK,
    GroupSimulation,
    billing_plan,
    notices_to,
)

ANA, BEN, ADMIN = "email:ana@example.com", "email:ben@example.com", "email:admin@example.com"


def test_steps_follow_their_waits() -> None:
    """The first step hears with the receiver, the second after 15 minutes of no answer."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    notices = group.advance(HOUR)
    assert notices_to(notices, ANA) == [(0.0, "first")]
    assert notices_to(notices, BEN) == [(15 * MINUTE, "escalation")]
    assert notices_to(notices, ADMIN) == [(15 * MINUTE, "escalation")]


def test_all_who_were_told_hear_the_end() -> None:
    """Promise 14: whoever the escalation reached hears that it is over."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(20 * MINUTE)
    group.resolve("DoubleChargeDetected")
    notices = group.advance(5 * MINUTE)
    assert {one.to for one in notices if one.reason == "resolved"} >= {ANA, BEN, ADMIN, SLACK.key}


def test_nobody_there_means_the_next_at_once() -> None:
    """E27: a step that reaches nobody is not waited for; the timeline says so."""
    plan = billing_plan(
        escalations={
            "billing": Escalation(
                "billing", (Step(("rota:empty",), wait=HOUR), Step(("person:ben",)))
            )
        }
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), BEN) == [(0.0, "escalation")]
    assert any("nobody is on call in rota empty" in line for line in group.entries())


def test_an_escalation_to_nobody_falls_back() -> None:
    """E27: when all steps lead to nobody, the fallback receiver hears it, flagged."""
    plan = billing_plan(escalations={"billing": Escalation("billing", (Step(("person:nobody",)),))})
    billing = replace(plan.receivers["billing"], fallback="everyone")
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": billing}))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ADMIN) == [(0.0, "fallback")]


def test_rounds() -> None:
    """repeat: 1 goes through the steps twice, then stops."""
    plan = billing_plan(
        escalations={
            "billing": Escalation(
                "billing",
                (Step(("person:ana",), wait=600.0), Step(("person:ben",), wait=600.0)),
                repeat=1,
            )
        }
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    notices = group.advance(1.9 * HOUR)
    assert notices_to(notices, ANA) == [(0.0, "first"), (1200.0, "escalation")]
    assert notices_to(notices, BEN) == [(600.0, "escalation"), (1800.0, "escalation")]


def test_repeats_reach_those_the_escalation_reached() -> None:
    """After two hours without an answer the repeat goes to the people too."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    notices = group.advance(2 * HOUR)
    assert notices_to(notices, BEN)[-1] == (2 * HOUR, "repeat")


def test_a_target_of_both_is_told_once() -> None:
    """Who stands in the receiver and in the first step hears one message, not two."""
    plan = billing_plan()
    billing = plan.receivers["billing"]
    ana = person_targets(plan.people["ana"], ["email"])
    both = replace(billing, targets=(*billing.targets, *ana))
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": both}))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ANA) == [(0.0, "first")]


def test_the_first_reason_given_to_a_target_stands() -> None:
    """In one decision the receiver's own reason comes before the escalation's."""
    plan = billing_plan(
        escalations={
            "billing": Escalation(
                "billing", (Step(("person:nobody",)), Step(("receiver:billing",)))
            )
        }
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), SLACK) == [(0.0, "first")]


def test_repeats_after_a_whole_round_reach_all_steps() -> None:
    """In the second round everybody of the first is still told of the repeat."""
    plan = billing_plan(
        escalations={
            "billing": Escalation(
                "billing",
                (Step(("person:ana",), wait=3 * HOUR), Step(("person:ben",), wait=HOUR)),
                repeat=3,
            )
        }
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    notices = group.advance(4 * HOUR)
    assert notices_to(notices, BEN)[-1] == (4 * HOUR, "repeat")


def test_rounds_that_reach_nobody_end() -> None:
    """E27: steps that lead nowhere are not gone through again and again in the same instant."""
    plan = billing_plan(
        escalations={"billing": Escalation("billing", (Step(("person:nobody",)),), repeat=5)}
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert sum("step 1" in line for line in group.entries()) == 1


def test_no_step_is_taken_for_what_is_silenced() -> None:
    """Silenced after it was told: the next person is not woken; nor does asking again wake one."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.silence(key)
    group.now += HOUR
    assert group.evaluate() == []


def test_a_reload_makes_it_shorter() -> None:
    """E8: the step that was next is gone: the climb ends there, and the incident still ends."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    shorter = Escalation("billing", (Step(("person:ana",), wait=900.0),))
    group.plan = replace(group.plan, escalations={"billing": shorter})
    assert notices_to(group.advance(HOUR), BEN) == []
    group.resolve("DoubleChargeDetected")
    assert "resolved" in {one.reason for one in group.advance(10 * MINUTE)}


def test_a_reload_takes_it_away() -> None:
    """E8: when its next step is due, the escalation that the receiver names now begins."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    billing = replace(group.plan.receivers["billing"], escalate="other")
    group.plan = replace(
        group.plan,
        receivers={**group.plan.receivers, "billing": billing},
        escalations={"other": Escalation("other", (Step(("person:ben",)),))},
    )
    assert [at for at, _ in notices_to(group.advance(HOUR), BEN)] == [15 * MINUTE]

"""Escalation steps, their waits, rounds and fallbacks."""

from dataclasses import replace
from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Rota
from gateway.core.plan.plan import Escalation, Step
from gateway.core.plan.recipients import person_targets
from gateway.core.routing.match import RouteSpec, build_route
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    SLACK,
    START,
    GroupSimulation,
    billing_plan,
    notices_to,
)
from tests.core.turns import one_each

ANA, BEN, ADMIN = "email:ana@example.com", "email:ben@example.com", "email:admin@example.com"


def test_steps_follow_their_waits() -> None:
    """Step 1 is notified with the receiver, step 2 after 15 minutes unacknowledged."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    notices = group.advance(HOUR)
    assert notices_to(notices, ANA) == [(0.0, "first"), (15 * MINUTE, "missed")]
    assert notices_to(notices, BEN) == [(15 * MINUTE, "escalation")]
    assert notices_to(notices, ADMIN) == [(15 * MINUTE, "escalation")]


def test_resolve_after_an_escalation_notifies_every_step() -> None:
    """Promise 14: Everyone whom the escalation reached gets the resolved notification."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(20 * MINUTE)
    group.resolve("DoubleChargeDetected")
    notices = group.advance(5 * MINUTE)
    assert {one.to for one in notices if one.reason == "resolved"} >= {ANA, BEN, ADMIN, SLACK.key}


def test_step_without_targets_is_skipped_at_once() -> None:
    """E27: A step that reaches nobody is not waited for, and the timeline says so."""
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


def test_escalation_without_targets_notifies_the_fallback() -> None:
    """E27: If no step reaches anyone, the fallback receiver is notified."""
    plan = billing_plan(escalations={"billing": Escalation("billing", (Step(("person:nobody",)),))})
    billing = replace(plan.receivers["billing"], fallback="everyone")
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": billing}))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ADMIN) == [(0.0, "fallback")]


def test_repeated_escalation_runs_two_rounds_and_stops() -> None:
    """`repeat: 1` runs the steps twice, then stops."""
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
    ana = [one for one in notices_to(notices, ANA) if one[1] != "missed"]
    ben = [one for one in notices_to(notices, BEN) if one[1] != "missed"]
    assert ana == [(0.0, "first"), (1200.0, "escalation")]
    assert ben == [(600.0, "escalation"), (1800.0, "escalation")]


def test_repeat_after_an_escalation_notifies_its_people() -> None:
    """The repeat after two hours notifies the people of the escalation too."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    notices = group.advance(2 * HOUR)
    assert notices_to(notices, BEN)[-1] == (2 * HOUR, "repeat")


def test_target_of_receiver_and_step_is_notified_once() -> None:
    """A target in the receiver and in the first step gets one notification."""
    plan = billing_plan()
    billing = plan.receivers["billing"]
    ana = person_targets(plan, plan.people["ana"], ("email",))
    both = replace(billing, targets=(*billing.targets, *ana))
    group = GroupSimulation(replace(plan, receivers={**plan.receivers, "billing": both}))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ANA) == [(0.0, "first")]


def test_target_with_two_reasons_gets_the_receivers_reason() -> None:
    """In one decision the receiver's reason comes before the escalation's."""
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


def test_repeat_in_the_second_round_notifies_all_steps() -> None:
    """Repeats in the second round still notify everyone of the first."""
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


def test_rounds_without_targets_end_after_one() -> None:
    """E27: Steps that reach nobody are tried once, not round after round."""
    plan = billing_plan(
        escalations={"billing": Escalation("billing", (Step(("person:nobody",)),), repeat=5)}
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    group.advance(1.0)
    assert sum("step 1" in line for line in group.entries()) == 1


def test_silenced_incident_is_not_escalated() -> None:
    """An incident silenced after its notification is not escalated, however often evaluated."""
    group = GroupSimulation()
    key = group.fire("DoubleChargeDetected")
    group.advance(60.0)
    group.silence(key)
    group.now += HOUR
    assert group.evaluate() == []


def test_reload_that_removes_the_next_step_ends_the_escalation() -> None:
    """E8: Without its next step the escalation ends, and the incident still resolves."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(60.0)
    shorter = Escalation("billing", (Step(("person:ana",), wait=900.0),))
    group.plan = replace(group.plan, escalations={"billing": shorter})
    assert notices_to(group.advance(HOUR), BEN) == []
    group.resolve("DoubleChargeDetected")
    assert "resolved" in {one.reason for one in group.advance(10 * MINUTE)}


def test_reload_that_replaces_the_escalation_starts_the_new_one() -> None:
    """E8: When the next step is due, the escalation that the receiver names now starts."""
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


def test_contact_that_a_person_lacks_is_skipped_and_recorded() -> None:
    """A step by e-mail and pager reaches Ana by e-mail, and says that she has no pager."""
    steps = (Step(("person:ana",), ("email", "pager"), 15 * MINUTE),)
    plan = billing_plan(escalations={"billing": Escalation("billing", steps)})
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    assert notices_to(group.notices, "email:ana@example.com") == [(0.0, "first")]
    assert "skipped: step 1: Ana has no contact pager" in group.entries()


def test_step_for_all_members_notifies_each_of_them() -> None:
    """`members:` reaches everybody who takes turns in the rota, not only who is on call."""
    layer = Layer(one_each(("ana", "ben")), 1, "week", Handover(time(9)), date(2025, 1, 6))
    plan = billing_plan(
        rotas={"billing": Rota("billing", "UTC", (layer,))},
        escalations={"billing": Escalation("billing", (Step(("members:billing",)),))},
    )
    group = GroupSimulation(plan)
    group.fire("DoubleChargeDetected")
    notices = group.advance(1.0)
    assert notices_to(notices, ANA) == [(0.0, "first")]
    assert notices_to(notices, BEN) == [(0.0, "first")]


def test_respond_within_of_the_route_is_the_wait_of_steps_without_one() -> None:
    """A route's respond_within sets the time to acknowledge, and the default wait of its steps."""
    plan = billing_plan(
        escalations={
            "billing": Escalation("billing", (Step(("person:ana",)), Step(("person:ben",))))
        }
    )
    root = build_route(RouteSpec(receiver="billing", respond_within=40 * MINUTE))
    group = GroupSimulation(replace(plan, root=root))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(HOUR), BEN) == [(40 * MINUTE, "escalation")]
    assert group.incident.respond_by == START + 40 * MINUTE

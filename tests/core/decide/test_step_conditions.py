"""Steps with `when:`: skipped without waiting when they are due and their condition fails.

The simulation starts at 08:00 UTC.
"""

from dataclasses import replace

from gateway.core.decide.next_page import next_page
from gateway.core.plan.plan import Escalation, Plan, Step
from gateway.core.plan.step_condition import StepCondition
from gateway.core.routing.mutes import parse_time_interval
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    START,
    GroupSimulation,
    billing_plan,
    notices_to,
)

ANA, BEN, ADMIN = "email:ana@example.com", "email:ben@example.com", "email:admin@example.com"
CRITICAL = StepCondition(severities=("critical",))
WARNING = StepCondition(severities=("warning",))


def plan_of(*steps: Step, repeat: int = 0, **intervals: str) -> Plan:
    """Return a plan whose escalation has these steps, with intervals such as "12:00-13:00"."""
    plan = billing_plan(
        escalations={"billing": Escalation("billing", steps, repeat)},
        time_intervals={
            name: (
                parse_time_interval(
                    {"times": [dict(zip(("start_time", "end_time"), text.split("-"), strict=True))]}
                ),
            )
            for name, text in intervals.items()
        },
    )
    billing = replace(plan.receivers["billing"], fallback="everyone")
    return replace(plan, receivers={**plan.receivers, "billing": billing})


def test_step_for_another_severity_is_skipped_without_waiting() -> None:
    """The step after a skipped one is taken at once, as the first, and the timeline says so."""
    group = GroupSimulation(
        plan_of(Step(("person:ana",), wait=HOUR, when=WARNING), Step(("person:ben",)))
    )
    group.fire("DoubleChargeDetected")
    notices = group.advance(MINUTE)
    assert notices_to(notices, ANA) == []
    assert notices_to(notices, BEN) == [(0.0, "first")]
    assert "skipped: step 1: it is only for severity warning" in group.entries()


def test_time_interval_counts_when_the_step_is_due() -> None:
    """A step is judged at its own time: what is outside the interval then is skipped."""
    inside = StepCondition(time_intervals=("day",))
    group = GroupSimulation(
        plan_of(
            Step(("person:ana",), wait=30 * MINUTE, when=inside),
            Step(("person:ana", "receiver:everyone"), wait=HOUR, when=inside),
            Step(("person:ben",), when=StepCondition(outside_time_intervals=("day",))),
            day="08:00-08:20",
        )
    )
    group.fire("DoubleChargeDetected")
    notices = group.advance(HOUR)
    assert notices_to(notices, ANA) == [(0.0, "first"), (15 * MINUTE, "missed")]
    assert notices_to(notices, ADMIN) == []
    assert notices_to(notices, BEN) == [(30 * MINUTE, "escalation")]


def test_escalation_without_an_applicable_step_notifies_the_fallback() -> None:
    """If every step is skipped, the fallback receiver is notified, and the timeline says why."""
    group = GroupSimulation(plan_of(Step(("person:ana",), when=WARNING)))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ADMIN) == [(0.0, "fallback")]
    assert "fell back: to receiver everyone: no step of the escalation applies" in group.entries()


def test_last_step_that_is_skipped_ends_an_escalation_that_reached_somebody() -> None:
    """The fallback is for escalations that reach nobody: Ana was notified, so it stays out."""
    group = GroupSimulation(
        plan_of(Step(("person:ana",), wait=MINUTE), Step(("person:ben",), when=WARNING))
    )
    group.fire("DoubleChargeDetected")
    notices = group.advance(10 * MINUTE)
    assert notices_to(notices, ANA) == [(0.0, "first")]
    assert notices_to(notices, ADMIN) == []
    assert next_page(group.incident, group.plan, group.now) is None


def test_step_without_targets_before_a_skipped_one_still_falls_back() -> None:
    """E27: the last step that was taken reached nobody, so the fallback is notified."""
    group = GroupSimulation(plan_of(Step(("person:nobody",)), Step(("person:ben",), when=WARNING)))
    group.fire("DoubleChargeDetected")
    assert notices_to(group.advance(1.0), ADMIN) == [(0.0, "fallback")]


def test_repeated_rounds_judge_each_step_again() -> None:
    """`repeat:` goes on after skipped steps, and a step may apply in a later round only."""
    group = GroupSimulation(
        plan_of(
            Step(("person:ana",), wait=10 * MINUTE),
            Step(("person:ben",), when=StepCondition(outside_time_intervals=("late",))),
            Step(("receiver:everyone",), when=WARNING),
            repeat=1,
            late="08:05-24:00",
        )
    )
    group.fire("DoubleChargeDetected")
    notices = group.advance(HOUR)
    ana = [(0.0, "first"), (10 * MINUTE, "escalation"), (15 * MINUTE, "missed")]
    assert notices_to(notices, ANA) == ana
    assert notices_to(notices, BEN) == []
    assert notices_to(notices, ADMIN) == []


def test_repeats_reach_taken_steps_and_never_skipped_ones() -> None:
    """A repeat goes to the steps that were taken, whether or not their `when` still holds."""
    group = GroupSimulation(
        plan_of(
            Step(("person:ana",), wait=MINUTE, when=StepCondition(time_intervals=("day",))),
            Step(("person:ben",), when=StepCondition(outside_time_intervals=("day",))),
            day="08:00-08:20",
        )
    )
    group.fire("DoubleChargeDetected")
    notices = group.advance(2.5 * HOUR)
    assert notices_to(notices, ANA)[-1] == (2 * HOUR, "repeat")
    assert notices_to(notices, BEN) == []


def test_next_page_passes_over_a_step_that_will_be_skipped() -> None:
    """The prediction in messages names the step that is taken, not the one that is skipped."""
    group = GroupSimulation(
        plan_of(
            Step(("person:ana",), wait=5 * MINUTE),
            Step(("receiver:everyone",), when=WARNING),
            Step(("person:ben",), when=CRITICAL),
        )
    )
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    prediction = next_page(group.incident, group.plan, group.now)
    assert prediction is not None
    assert (prediction.at, prediction.notify) == (START + 5 * MINUTE, ("person:ben",))
    assert notices_to(group.advance(5 * MINUTE), BEN) == [(5 * MINUTE, "escalation")]


def test_undone_acknowledgement_waits_as_long_as_the_last_step_that_was_taken() -> None:
    """A skipped step has no wait: after an undone acknowledgement step 1's wait counts."""
    group = GroupSimulation(
        plan_of(
            Step(("person:ana",), wait=20 * MINUTE),
            Step(("receiver:everyone",), wait=2 * HOUR, when=WARNING),
            Step(("person:ben",), wait=20 * MINUTE),
            Step(("receiver:everyone",)),
        )
    )
    group.fire("DoubleChargeDetected")
    group.advance(21 * MINUTE)
    group.ack("ana")
    group.ack("ana", undo=True)
    assert notices_to(group.advance(HOUR), ADMIN) == [(41 * MINUTE, "escalation")]

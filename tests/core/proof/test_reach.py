"""The times at which a receiver reaches nobody, against an evaluation of single instants."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.oncall.rota import Rota, shifts
from gateway.core.oncall.types import Handover, Layer
from gateway.core.plan.plan import Escalation, Plan, Receiver, Step
from gateway.core.plan.recipients import step_targets
from gateway.core.plan.step_condition import StepCondition
from gateway.core.proof.reach import Reach
from gateway.core.routing.mutes import parse_time_interval
from gateway.core.time.spans import Span
from tests.config.texts import loaded
from tests.core.random_rotas import DAY, rotas, without_deadline

BASE = loaded(
    "people: {ana: {email: ana@example.com}, ben: {slack: U012BEN}, cho: }\n"
    "receivers: [{name: nobody}]\nroute: {receiver: nobody}\n"
).plan

MORNINGS = (
    parse_time_interval(
        {
            "times": [{"start_time": "06:00", "end_time": "12:30"}],
            "weekdays": ["monday:friday"],
            "location": "Europe/Berlin",
        }
    ),
)

references = st.sampled_from(
    ["rota:billing", "members:billing", "secondary:billing", "person:cho", "receiver:nobody"]
)
steps = st.builds(
    Step,
    notify=st.lists(references, min_size=1, max_size=2).map(tuple),
    by=st.sampled_from([(), ("email",), ("slack",)]),
    when=st.sampled_from(
        [
            None,
            StepCondition(severities=("critical",)),
            StepCondition(severities=("warning",)),
            StepCondition(time_intervals=("mornings",)),
            StepCondition(("critical",), outside_time_intervals=("mornings",)),
        ]
    ),
)


def plan_of(rota: Rota, steps: list[Step]) -> Plan:
    """Return a plan with this rota and escalation."""
    escalation = Escalation("billing", tuple(steps))
    receiver = Receiver("billing", (), "billing", "nobody")
    return replace(
        BASE,
        rotas={"billing": rota},
        time_intervals={"mornings": MORNINGS},
        escalations={"billing": escalation},
        receivers={**BASE.receivers, "billing": receiver},
    )


def test_members_of_a_turn_of_nobody_count_from_the_start_of_the_layer() -> None:
    """A layer that begins with an empty turn has members at once, though nobody is on call."""
    start = datetime(2020, 3, 8, tzinfo=UTC).timestamp()
    layer = Layer(((), ("ana",)), 1, "hour", Handover(time(0)), date(2020, 3, 8))
    rota = Rota("billing", "UTC", (layer,))
    plan = plan_of(rota, [Step(("members:billing",))])
    span = Span(start - DAY, start + DAY)
    reach = Reach(plan, {"billing": shifts(rota, *span)}, span)
    unreached = reach.unreached(plan.receivers["billing"], "critical")
    assert unreached == [Span(start - DAY, start)]


@without_deadline
@given(rotas(), st.lists(steps, min_size=1, max_size=3))
def test_unreached_times_equal_an_evaluation_of_each_hour(
    rota_and_midnight: tuple[Rota, float], steps: list[Step]
) -> None:
    """An alert reaches nobody exactly where each step that applies has no targets."""
    rota, midnight = rota_and_midnight
    span = Span(midnight - DAY, midnight + 2 * DAY)
    plan = plan_of(rota, steps)
    reach = Reach(plan, {"billing": shifts(rota, *span)}, span)
    unreached = reach.unreached(plan.receivers["billing"], "critical")
    t = span.start + 450.0
    while t < span.end:
        reached = any(
            step_targets(plan, step, t).targets
            for step in steps
            if not plan.skips(step, "critical", t)
        )
        assert any(one.start <= t < one.end for one in unreached) is not reached
        t += 1800.0

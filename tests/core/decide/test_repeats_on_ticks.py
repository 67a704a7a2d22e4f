"""Repeats as Alertmanager makes them: `repeats: on the group interval`."""

from dataclasses import replace

from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import Escalation, Plan, Receiver, Repeats, Severity, Step
from gateway.core.routing.match import RouteSpec, build_route
from tests.core.group_simulation import EMAIL, START, GroupSimulation, a_person, summary


def plan(group_interval: float, repeat_interval: float, **changes: object) -> Plan:
    """Return a plan of one route with these intervals, whose repeats come at its ticks."""
    spec = RouteSpec(
        receiver="billing",
        group_wait=1.0,
        group_interval=group_interval,
        repeat_interval=repeat_interval,
    )
    base = Plan(
        root=build_route(spec),
        receivers={"billing": Receiver("billing", (EMAIL,))},
        repeats=Repeats.ON_TICKS,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_repeat_between_ticks_waits_for_the_next() -> None:
    """3 s of repeat_interval at ticks of 2 s are 4 s, counted from the last notification."""
    group = GroupSimulation(plan(2.0, 3.0))
    group.fire("PaymentFailures")
    assert summary(group.advance(13.5)) == [
        (1.0, "first"),
        (5.0, "repeat"),
        (9.0, "repeat"),
        (13.0, "repeat"),
    ]


def test_repeat_interval_of_whole_ticks_is_exact() -> None:
    """A repeat_interval that is a multiple of group_interval is exact."""
    group = GroupSimulation(plan(300.0, 1800.0))
    group.fire("PaymentFailures")
    assert summary(group.advance(3700.0)) == [
        (1.0, "first"),
        (1801.0, "repeat"),
        (3601.0, "repeat"),
    ]


def test_repeat_interval_of_a_millisecond_repeats_at_every_tick() -> None:
    """The ticks bound a very short repeat_interval, and no other minimum does."""
    group = GroupSimulation(plan(0.5, 0.001))
    group.fire("PaymentFailures")
    assert summary(group.advance(2.6)) == [
        (1.0, "first"),
        (1.5, "repeat"),
        (2.0, "repeat"),
        (2.5, "repeat"),
    ]


def test_new_alerts_postpone_the_repeat() -> None:
    """A repeat counts from the last notification of any reason."""
    group = GroupSimulation(plan(10.0, 25.0))
    group.fire("PaymentFailures", region="eu")
    group.advance(12.0)
    group.fire("PaymentFailures", region="us")
    assert summary(group.advance(60.0)) == [(21.0, "new alerts"), (51.0, "repeat")]


def test_worse_severity_between_ticks_does_not_move_the_ticks() -> None:
    """Worse severity is notified at once, and the repeat after it comes at a tick."""
    severities = {"critical": Severity("critical", 1, group_wait=0.0), "info": Severity("info", 3)}
    group = GroupSimulation(plan(10.0, 25.0, severities=severities))
    group.plan = replace(group.plan, root=build_route(_inheriting()))
    group.fire("PaymentFailures", "info")
    group.advance(14.0)
    group.fire("PaymentFailures", "critical")
    assert summary(group.advance(40.0)) == [(14.0, "worse severity"), (41.0, "repeat")]


def _inheriting() -> RouteSpec:
    """Return a route that inherits the same intervals, so that severities apply."""
    return RouteSpec(
        receiver="billing",
        group_wait=1.0,
        group_interval=10.0,
        repeat_interval=25.0,
        routes=[RouteSpec()],
    )


def test_group_that_waits_for_a_repeat_is_not_evaluated_at_ticks() -> None:
    """A group without changes is evaluated when a repeat is due, not at each tick."""
    group = GroupSimulation(plan(60.0, 4 * 3600.0))
    group.fire("PaymentFailures")
    group.advance(24 * 3600.0)
    assert len(summary(group.notices)) == 6
    assert group.evaluations <= 8


def test_end_of_a_silence_waits_for_the_tick() -> None:
    """As in Alertmanager, the end of a silence counts at the next tick."""
    group = GroupSimulation(plan(10.0, 45.0))
    key = group.fire("PaymentFailures")
    group.advance(2.0)
    group.silence(key)
    assert group.evaluate() == []
    group.advance(20.0)
    group.suppressed.clear()
    assert group.evaluate() == []
    assert summary(group.advance(60.0)) == [(31.0, "silence ended"), (81.0, "repeat")]


def test_alert_silenced_from_the_start_is_notified_at_a_tick() -> None:
    """Exact repeats notify when the silence ends, repeats on ticks at the next tick."""
    summaries = {}
    for repeats in Repeats:
        group = GroupSimulation(plan(10.0, 15.0, repeats=repeats))
        key = group.fire("PaymentFailures")
        group.silence(key)
        group.advance(14.0)
        group.suppressed.clear()
        group.evaluate()
        group.advance(9.0)
        summaries[repeats] = summary(group.notices)
    assert summaries == {Repeats.EXACT: [(14.0, "first")], Repeats.ON_TICKS: [(21.0, "first")]}


def test_missed_tick_is_evaluated_at_once() -> None:
    """A notification due at a tick during a downtime is sent right after it."""
    group = GroupSimulation(plan(10.0, 100.0))
    group.fire("PaymentFailures", region="eu")
    group.advance(2.0)
    group.fire("PaymentFailures", region="us")
    group.now += 12.0
    assert summary(group.evaluate()) == [(14.0, "new alerts")]


def test_overdue_repeat_waits_for_the_tick_without_evaluations() -> None:
    """A repeat that fell into a silence waits for the tick without evaluations."""
    group = GroupSimulation(plan(10.0, 15.0))
    key = group.fire("PaymentFailures")
    group.advance(2.0)
    group.silence(key)
    group.evaluate()
    group.advance(20.0)
    group.suppressed.clear()
    group.evaluate()
    before = group.evaluations
    assert summary(group.advance(9.5)) == [(31.0, "silence ended")]
    assert group.evaluations - before <= 2


def test_overdue_step_waits_for_the_silence_notification() -> None:
    """A step due in a silence comes a whole wait after the end of the silence is notified."""
    people = {name: a_person(name, email=f"{name}@example.com") for name in ("ana", "ben")}
    steps = (Step(("person:ana",), wait=15.0), Step(("person:ben",)))
    escalating = plan(
        10.0,
        1000.0,
        receivers={"billing": Receiver("billing", (EMAIL,), escalate="billing")},
        escalations={"billing": Escalation("billing", steps)},
        people=people,
    )
    group = GroupSimulation(escalating)
    key = group.fire("PaymentFailures")
    group.advance(3.0)
    group.silence(key)
    group.evaluate()
    group.advance(20.0)
    group.suppressed.clear()
    group.evaluate()
    before = group.evaluations
    assert summary(group.advance(30.0)) == [(31.0, "silence ended"), (46.0, "escalation")]
    assert group.evaluations - before <= 6


def test_escalation_step_does_not_wait_for_a_tick() -> None:
    """Escalation steps are due at their own time, not at a tick."""
    people = {"ana": a_person("ana", email="ana@example.com")}
    escalating = plan(
        10.0,
        1000.0,
        receivers={"billing": Receiver("billing", (EMAIL,), escalate="billing")},
        escalations={
            "billing": Escalation(
                "billing", (Step(("receiver:billing",), wait=4.0), Step(("person:ana",)))
            )
        },
        people=people,
    )
    group = GroupSimulation(escalating)
    group.fire("PaymentFailures")
    assert summary(group.advance(9.0)) == [(1.0, "first"), (5.0, "escalation")]


def test_flapping_group_resolves_at_a_tick() -> None:
    """E36: A group that is calm between two ticks is resolved at the tick."""
    flapping = Flapping(times=2, within=3600.0, calm_after=90.0)
    group = GroupSimulation(plan(60.0, 4 * 3600.0, flapping=flapping))
    for _ in range(3):
        group.fire("PaymentFailures")
        group.advance(70.0)
        group.resolve("PaymentFailures")
        group.advance(70.0)
    before = group.evaluations
    [(at, reason)] = summary(group.advance(600.0))
    assert reason == "resolved"
    assert (at - group.incident.tick_at + START) % 60.0 == 0.0
    assert group.evaluations - before <= 6

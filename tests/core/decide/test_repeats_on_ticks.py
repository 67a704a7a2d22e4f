"""`repeats: on the group interval`: repeats as Alertmanager makes them, for those who want that."""

from dataclasses import replace

from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import Escalation, Person, Plan, Receiver, Repeats, Severity, Step
from gateway.core.routing.match import RouteSpec, build_route
from tests.core.group_simulation import EMAIL, START, GroupSimulation, summary


def plan(group_interval: float, repeat_interval: float, **changes: object) -> Plan:
    """One route with these intervals, whose repeats come at its ticks."""
    spec = RouteSpec(
        receiver="billing",
        group_wait=1.0,
        group_interval=group_interval,
        repeat_interval=repeat_interval,
    )
    made = Plan(
        root=build_route(spec),
        receivers={"billing": Receiver("billing", (EMAIL,))},
        repeats=Repeats.ON_TICKS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_repeat_waits_for_the_tick() -> None:
    """Alertmanager: 3 s of repeat_interval at ticks of 2 s are 4 s; each counts from the last."""
    group = GroupSimulation(plan(2.0, 3.0))
    group.fire("PaymentFailures")
    assert summary(group.advance(13.5)) == [
        (1.0, "first"),
        (5.0, "repeat"),
        (9.0, "repeat"),
        (13.0, "repeat"),
    ]


def test_a_whole_number_of_ticks_is_no_tick_more() -> None:
    """Where repeat_interval is a multiple of group_interval it is kept."""
    group = GroupSimulation(plan(300.0, 1800.0))
    group.fire("PaymentFailures")
    assert summary(group.advance(3700.0)) == [
        (1.0, "first"),
        (1801.0, "repeat"),
        (3601.0, "repeat"),
    ]


def test_a_repeat_interval_of_a_millisecond_is_every_tick() -> None:
    """As some of Alertmanager's own tests write it; the ticks bound it, no shortest repeat does."""
    group = GroupSimulation(plan(0.5, 0.001))
    group.fire("PaymentFailures")
    assert summary(group.advance(2.6)) == [
        (1.0, "first"),
        (1.5, "repeat"),
        (2.0, "repeat"),
        (2.5, "repeat"),
    ]


def test_news_put_the_repeat_off() -> None:
    """What was told last counts, whatever it was."""
    group = GroupSimulation(plan(10.0, 25.0))
    group.fire("PaymentFailures", region="eu")
    group.advance(12.0)
    group.fire("PaymentFailures", region="us")
    assert summary(group.advance(60.0)) == [(21.0, "new alerts"), (51.0, "repeat")]


def test_worse_severity_between_ticks_leaves_the_ticks_alone() -> None:
    """It is said at once here; the repeat after it comes at a tick, not repeat_interval later."""
    severities = {"critical": Severity("critical", 1, group_wait=0.0), "info": Severity("info", 3)}
    group = GroupSimulation(plan(10.0, 25.0, severities=severities))
    group.plan = replace(group.plan, root=build_route(_inheriting()))
    group.fire("PaymentFailures", "info")
    group.advance(14.0)
    group.fire("PaymentFailures", "critical")
    assert summary(group.advance(40.0)) == [(14.0, "worse severity"), (41.0, "repeat")]


def _inheriting() -> RouteSpec:
    """The same intervals, inherited: so that severities have a say."""
    return RouteSpec(
        receiver="billing",
        group_wait=1.0,
        group_interval=10.0,
        repeat_interval=25.0,
        routes=[RouteSpec()],
    )


def test_waiting_for_a_repeat_costs_no_looks_at_ticks() -> None:
    """A quiet group is looked at when it is to be repeated, not at all the ticks before."""
    group = GroupSimulation(plan(60.0, 4 * 3600.0))
    group.fire("PaymentFailures")
    group.advance(24 * 3600.0)
    assert len(summary(group.notices)) == 6
    assert group.evaluations <= 8


def test_the_end_of_a_silence_waits_for_the_tick() -> None:
    """Alertmanager looks at silences when it flushes; so does this setting, and no repeat slips."""
    group = GroupSimulation(plan(10.0, 45.0))
    key = group.fire("PaymentFailures")
    group.advance(2.0)
    group.silence(key)
    assert group.evaluate() == []
    group.advance(20.0)
    group.suppressed.clear()
    assert group.evaluate() == []
    assert summary(group.advance(60.0)) == [(31.0, "silence ended"), (81.0, "repeat")]


def test_what_was_silenced_from_the_start_waits_for_the_tick() -> None:
    """Exact repeats tell it at once when the silence ends, these at the next tick."""
    notices = {}
    for repeats in Repeats:
        group = GroupSimulation(plan(10.0, 15.0, repeats=repeats))
        key = group.fire("PaymentFailures")
        group.silence(key)
        group.advance(14.0)
        group.suppressed.clear()
        group.evaluate()
        group.advance(9.0)
        notices[repeats] = summary(group.notices)
    assert notices == {Repeats.EXACT: [(14.0, "first")], Repeats.ON_TICKS: [(21.0, "first")]}


def test_a_tick_that_was_missed_is_made_up_for_at_once() -> None:
    """Down over a tick, and up again between two: what was owed at the tick does not wait more."""
    group = GroupSimulation(plan(10.0, 100.0))
    group.fire("PaymentFailures", region="eu")
    group.advance(2.0)
    group.fire("PaymentFailures", region="us")
    group.now += 12.0
    assert summary(group.evaluate()) == [(14.0, "new alerts")]


def test_waiting_for_a_tick_costs_no_looks_either() -> None:
    """A repeat that fell into a silence is overdue at its end, and waits for the tick in peace."""
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


def test_a_step_does_not_overtake_the_word_that_waits() -> None:
    """Due while a silence was over it: first all hear that it still burns, then a whole wait."""
    people = {
        name: Person(name, name.title(), {"email": f"{name}@example.com"})
        for name in ("ana", "ben")
    }
    steps = (Step(("person:ana",), wait=15.0), Step(("person:ben",)))
    made = plan(
        10.0,
        1000.0,
        receivers={"billing": Receiver("billing", (EMAIL,), escalate="billing")},
        escalations={"billing": Escalation("billing", steps)},
        people=people,
    )
    group = GroupSimulation(made)
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


def test_a_step_between_two_ticks_is_taken_in_time() -> None:
    """An escalation is not Alertmanager's: it waits for no tick."""
    people = {"ana": Person("ana", "Ana", {"email": "ana@example.com"})}
    made = plan(
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
    group = GroupSimulation(made)
    group.fire("PaymentFailures")
    assert summary(group.advance(9.0)) == [(1.0, "first"), (5.0, "escalation")]


def test_a_group_that_flaps_is_over_at_a_tick() -> None:
    """E36: calm since an instant between two ticks: looked at there once, told at the tick."""
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

"""Hundreds of short random simulations that combine every reason for a suppression."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from gateway.core.decide.decide import decide
from gateway.core.incidents.incident import NotifiedState
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind, NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import Escalation, Plan, Repeats, Step
from gateway.core.plan.step_condition import StepCondition
from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.routing.mutes import find_mute, parse_time_interval
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    GroupSimulation,
    billing_plan,
    without_escalation,
)
from tests.examples import examples

SEEDS_PER_TEST = 40
INTERVAL = 5 * MINUTE
ALERTS = [("A", "critical"), ("B", "warning"), ("C", "warning"), ("D", "info")]
SUPPRESSING = {
    SuppressReason.MUTED,
    SuppressReason.SILENCED,
    SuppressReason.INHIBITED,
    SuppressReason.ACKNOWLEDGED,
    SuppressReason.FLAPPING,
}


def plan(dice: random.Random) -> Plan:
    """Return a plan with one group for all alerts; mutes, flapping and escalation by chance."""
    mute = parse_time_interval({"times": [{"start_time": "09:10", "end_time": "10:25"}]})
    spec = RouteSpec(
        receiver="billing",
        group_wait=30.0,
        group_interval=INTERVAL,
        repeat_interval=dice.choice([20 * MINUTE, HOUR]),
        mute_time_intervals=["pause"] if dice.random() < 0.5 else [],
        routes=[RouteSpec()],
    )
    shift = parse_time_interval({"times": [{"start_time": "09:00", "end_time": "12:00"}]})
    escalating = billing_plan(
        root=build_route(spec),
        time_intervals={"pause": (mute,), "shift": (shift,)},
        repeats=dice.choice(list(Repeats)),
        flapping=Flapping(times=dice.choice([0, 2, 3])),
    )
    if dice.random() < 0.5:
        return without_escalation(escalating)
    return replace(escalating, escalations={"billing": steps(dice)})


def steps(dice: random.Random) -> Escalation:
    """Return an escalation whose steps apply at some times only, or take turns, by chance."""
    conditions = (
        None,
        None,
        StepCondition(severities=("critical",)),
        StepCondition(time_intervals=("shift",)),
        StepCondition(outside_time_intervals=("shift",)),
    )
    people = dice.choice([("person:ana",), ("person:ana", "person:ben"), ("person:nobody",)])
    first = Step(
        people,
        wait=dice.choice([5 * MINUTE, 15 * MINUTE, None]),
        when=dice.choice(conditions),
        round_robin=dice.random() < 0.5,
    )
    second = Step(("person:ben", "receiver:everyone"), when=dice.choice(conditions))
    return Escalation("billing", (first, second), dice.choice([0, 0, 2]))


@dataclass
class SuppressionSpan:
    """A silence or an inhibition of one alert, from `begins` until `ends`."""

    key: str
    reason: SuppressReason
    begins: float
    ends: float


class RandomSimulation(GroupSimulation):
    """A simulation that starts and ends silences and checks each evaluation."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.suppression_spans: list[SuppressionSpan] = []
        self.latest_evaluation: tuple[str, float] = ("", 0.0)
        self.evaluations_within_a_minute = 0

    def suppressing(self) -> Mapping[str, Suppression]:
        """Return the suppressions of this time."""
        return {
            one.key: Suppression(
                one.reason, "by", one.ends if one.reason is SuppressReason.SILENCED else None
            )
            for one in self.suppression_spans
            if one.begins <= self.now < one.ends
        }

    def advance_to(self, until: float) -> None:
        """Evaluate what falls due until then, and check the promises each time."""
        while True:
            due = [
                (one.due_at, key) for key, one in self.incidents.items() if one.due_at is not None
            ]
            due_at, key = min(due, default=(None, ""))
            if due_at is None or due_at > until:
                break
            self.now = max(self.now, due_at)
            self.evaluate_group(key)
        self.now = until

    def evaluate_group(self, key: str) -> None:
        """Evaluate one group now and check the decision."""
        minute = self.now // MINUTE
        same = (key, minute) == self.latest_evaluation
        self.evaluations_within_a_minute = self.evaluations_within_a_minute + 1 if same else 0
        self.latest_evaluation = (key, minute)
        assert self.evaluations_within_a_minute < 20, "evaluations without progress"
        before, suppressed = self.incidents[key], self.suppressing()
        members = list(self.joined[key].values())
        decision = decide(before, members, self.plan, self.now, suppressed, self.turns)
        if NotifyReason.MISSED in decision.reasons:
            assert before.missed_at is None, "missed twice"
            assert decision.incident.missed_at == before.respond_by, "missed at another time"
            assert decision.incident.ack is None, "missed and acknowledged"
        for notice in decision.notices:
            if notice.kind is NoticeKind.RESOLVED:
                assert notice.target.key in before.notified_targets, "resolved, never firing"
        after = decision.incident
        if not after.open and before.open:
            resolved_targets = {
                notice.target.key
                for notice in decision.notices
                if notice.kind is NoticeKind.RESOLVED
            }
            assert resolved_targets == set(before.notified_targets), (
                "a target without the resolved notification"
            )
        carried_over = {alert.identity for alert in decision.left}
        firing = {m.alert.identity for m in self.joined[key].values() if m.firing(self.now)}
        self._apply(key, decision)
        if not after.open:
            assert carried_over == firing, "a firing alert is lost"
        if after.open:
            assert after.due_at is not None or not any(
                m.firing(self.now) for m in self.joined[key].values()
            ), "a resolve is pending, and nothing is due"
            self.check_notified(key, suppressed, set(decision.reasons))

    def check_notified(
        self,
        key: str,
        suppressed: Mapping[str, Suppression],
        reasons: set[NotifyReason | SuppressReason],
    ) -> None:
        """Check that each visible firing alert is notified, or that a reason is recorded.

        A pending resolve is checked too, at ticks.
        """
        incident, members = self.incidents[key], self.joined[key].values()
        firing = [m for m in members if m.firing(self.now)]
        if incident.notified_targets and all(m.alert.identity in suppressed for m in firing):
            on_tick = (self.now - incident.tick_at) % INTERVAL < 0.002
            if on_tick and not self.plan.flapping.times:
                assert any(m.resolve_pending for m in firing), (
                    "a resolved notification is late for no reason"
                )
        if not incident.flushed or incident.due_at is None:
            return
        unnotified = [
            m
            for m in self.joined[key].values()
            if m.firing(self.now) and m.alert.identity not in suppressed and not m.notified_firing
        ]
        if not unnotified:
            return
        assert incident.due_at <= self.now + INTERVAL + 1.0 or self.mute() is not None
        waits = self.plan.repeats is Repeats.ON_TICKS and (
            (self.now - incident.tick_at) % INTERVAL > 0.002
        )
        critical = any(m.alert.labels["severity"] == "critical" for m in unnotified)
        allowed = SUPPRESSING - {SuppressReason.FLAPPING} if critical else SUPPRESSING
        assert waits or reasons & allowed, f"{self.now}: no notification for no reason: {reasons}"

    def mute(self) -> tuple[str, str] | None:
        route = self.plan.route(self.incident.route_id)
        return find_mute(route, self.plan.time_intervals, self.now)


def play(seed: int) -> RandomSimulation:
    """Play eight hours of random reports and responses, then end everything."""
    dice = random.Random(seed)
    group = RandomSimulation(plan(dice))
    for when in times(dice, group.now, 8 * HOUR):
        group.advance_to(when)
        act(dice, group)
    for one in group.suppression_spans:
        one.ends = min(one.ends, group.now)
    for name, severity in ALERTS:
        group.resolve(name, severity)
    group.advance_to(group.now + 4 * HOUR)
    return group


def times(dice: random.Random, start: float, length: float) -> Iterator[float]:
    """Yield random times within `length` seconds from `start`."""
    t = start
    while t < start + length:
        t += dice.choice([1.0, 20.0, MINUTE, 4 * MINUTE, 11 * MINUTE, 33 * MINUTE]) * dice.random()
        yield t


def act(dice: random.Random, group: RandomSimulation) -> None:
    """Play one random event."""
    name, severity = dice.choice(ALERTS)
    event = dice.random()
    if event < 0.4:
        group.fire(name, severity)
    elif event < 0.7:
        group.resolve(name, severity)
    elif event < 0.85:
        key = group.fire(name, severity) if dice.random() < 0.3 else random_alert(dice, group)
        reason = dice.choice(
            [SuppressReason.SILENCED, SuppressReason.SILENCED, SuppressReason.INHIBITED]
        )
        if key:
            ends = group.now + dice.choice([2 * MINUTE, 17 * MINUTE, 2 * HOUR]) * dice.random()
            group.suppression_spans.append(SuppressionSpan(key, reason, group.now, ends))
            make_due(group)
    elif group.incidents and event < 0.93:
        group.ack("ana", undo=False)
    elif group.incidents:
        group.ack("ana", undo=True)


def random_alert(dice: random.Random, group: RandomSimulation) -> str:
    """Return the identity of an alert that was reported, or ""."""
    return dice.choice(sorted(group.alerts)) if group.alerts else ""


def make_due(group: RandomSimulation) -> None:
    """Make open incidents due now, as a new silence does."""
    for key, incident in group.incidents.items():
        if incident.due_at is not None:
            group.incidents[key] = replace(incident, due_at=min(incident.due_at, group.now))


@pytest.mark.parametrize("first", range(0, examples(400), SEEDS_PER_TEST))
def test_random_groups_with_suppressions_keep_the_promises(first: int) -> None:
    """Promises 2, 4, 14 and E36: hold with silences, mutes, flapping and responses at once.

    Each target gets a firing and a resolved notification or none. Each evaluation makes progress.
    Flapping never suppresses a critical alert.
    """
    for seed in range(first, first + SEEDS_PER_TEST):
        group = play(seed)
        assert all(not one.open for one in group.incidents.values()), f"seed {seed} stays open"
        notified_states = [
            m.notified for members in group.joined.values() for m in members.values()
        ]
        assert NotifiedState.FIRING not in notified_states, f"seed {seed}"
        firing_targets = {one.to for one in group.notices if NoticeKind(one.kind) in FIRING_KINDS}
        resolved_targets = {
            one.to for one in group.notices if one.kind == NoticeKind.RESOLVED.value
        }
        assert firing_targets == resolved_targets, f"seed {seed}"

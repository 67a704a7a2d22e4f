"""Hundreds of short random stories, in which everything that keeps quiet is combined."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from gateway.core.decide.decide import decide
from gateway.core.incidents.incident import NotifiedState
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind, NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import Plan, Repeats
from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.routing.mutes import find_mute, parse_time_interval
from tests.core.story import HOUR, MINUTE, Story, billing_plan, without_escalation
from tests.examples import examples

STORIES = 40
INTERVAL = 5 * MINUTE
ALERTS = [("A", "critical"), ("B", "warning"), ("C", "warning"), ("D", "info")]
QUIET = {
    SuppressReason.MUTED,
    SuppressReason.SILENCED,
    SuppressReason.INHIBITED,
    SuppressReason.ACKNOWLEDGED,
    SuppressReason.FLAPPING,
}


def plan(dice: random.Random) -> Plan:
    """One group for all alerts, with or without mutes, flapping, an escalation."""
    quiet = parse_time_interval({"times": [{"start_time": "09:10", "end_time": "10:25"}]})
    spec = RouteSpec(
        receiver="billing",
        group_wait=30.0,
        group_interval=INTERVAL,
        repeat_interval=dice.choice([20 * MINUTE, HOUR]),
        mute_time_intervals=["quiet"] if dice.random() < 0.5 else [],
        routes=[RouteSpec()],
    )
    made = billing_plan(
        root=build_route(spec),
        time_intervals={"quiet": (quiet,)},
        repeats=dice.choice(list(Repeats)),
        flapping=Flapping(times=dice.choice([0, 2, 3])),
    )
    return made if dice.random() < 0.5 else without_escalation(made)


@dataclass
class Quiet:
    """A silence, or something that inhibits: whom it concerns, from when until when."""

    key: str
    reason: NotifyReason
    begins: float
    ends: float


class Life(Story):
    """A story whose silences begin and end by themselves, and whose looks are checked."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.quiets: list[Quiet] = []
        self.last: tuple[str, float] = ("", 0.0)
        self.looks_within_a_minute = 0

    def suppressing(self) -> Mapping[str, Suppression]:
        return {
            one.key: Suppression(
                one.reason, "why", one.ends if one.reason is SuppressReason.SILENCED else None
            )
            for one in self.quiets
            if one.begins <= self.now < one.ends
        }

    def live(self, until: float) -> None:
        """Do what falls due until then, holding the promises at each look."""
        while True:
            due = [(i.due_at, key) for key, i in self.incidents.items() if i.due_at is not None]
            when, key = min(due, default=(None, ""))
            if when is None or when > until:
                break
            self.now = max(self.now, when)
            self.decide_one(key)
        self.now = until

    def decide_one(self, key: str) -> None:
        minute = self.now // MINUTE
        same = (key, minute) == self.last
        self.looks_within_a_minute = self.looks_within_a_minute + 1 if same else 0
        self.last = (key, minute)
        assert self.looks_within_a_minute < 20, "it spins"
        before, suppressed = self.incidents[key], self.suppressing()
        decision = decide(before, list(self.joined[key].values()), self.plan, self.now, suppressed)
        for notice in decision.notices:
            if notice.kind is NoticeKind.RESOLVED:
                assert notice.target.key in before.notified_targets, "an end without a beginning"
        after = decision.incident
        if not after.open and before.open:
            ended = {n.target.key for n in decision.notices if n.kind is NoticeKind.RESOLVED}
            assert ended == set(before.notified_targets), "somebody is left hanging"
        left = {alert.identity for alert in decision.left}
        burning = {m.alert.identity for m in self.joined[key].values() if m.firing(self.now)}
        self._take(key, decision)
        if not after.open:
            assert left == burning, "what burns is forgotten"
        if after.open:
            assert after.due_at is not None or not any(
                m.firing(self.now) for m in self.joined[key].values()
            ), "a resolve is pending, and nothing is due"
            self.check_told(key, suppressed, set(decision.reasons))

    def check_told(
        self, key: str, suppressed: Mapping[str, Suppression], reasons: set[NotifyReason]
    ) -> None:
        """After a look at a tick each visible firing alert is told, or a reason stands; and so is
        the end of all that people heard of."""
        incident, members = self.incidents[key], self.joined[key].values()
        burning = [m for m in members if m.firing(self.now)]
        if incident.notified_targets and all(m.alert.identity in suppressed for m in burning):
            on_tick = (self.now - incident.tick_at) % INTERVAL < 0.002
            if on_tick and not self.plan.flapping.times:
                assert any(m.resolve_pending for m in burning), "an end waits for nothing"
        if not incident.flushed or incident.due_at is None:
            return
        fresh = [
            m
            for m in self.joined[key].values()
            if m.firing(self.now) and m.alert.identity not in suppressed and not m.notified_firing
        ]
        if not fresh:
            return
        assert incident.due_at <= self.now + INTERVAL + 1.0 or self.mute() is not None
        waits = self.plan.repeats is Repeats.ON_TICKS and (
            (self.now - incident.tick_at) % INTERVAL > 0.002
        )
        critical = any(m.alert.labels["severity"] == "critical" for m in fresh)
        allowed = QUIET - {SuppressReason.FLAPPING} if critical else QUIET
        assert waits or reasons & allowed, f"{self.now}: untold for no reason: {reasons}"

    def mute(self) -> tuple[str, str] | None:
        route = self.plan.route(self.incident.route_id)
        return find_mute(route, self.plan.time_intervals, self.now)


def play(seed: int) -> Life:
    """Eight hours of random reports, silences and acknowledgements; then all of it ends."""
    dice = random.Random(seed)
    life = Life(plan(dice))
    for when in times(dice, life.now, 8 * HOUR):
        life.live(when)
        act(dice, life)
    for one in life.quiets:
        one.ends = min(one.ends, life.now)
    for name, severity in ALERTS:
        life.resolve(name, severity)
    life.live(life.now + 4 * HOUR)
    return life


def times(dice: random.Random, start: float, length: float) -> Iterator[float]:
    at = start
    while at < start + length:
        at += dice.choice([1.0, 20.0, MINUTE, 4 * MINUTE, 11 * MINUTE, 33 * MINUTE]) * dice.random()
        yield at


def act(dice: random.Random, life: Life) -> None:
    """One thing happens."""
    name, severity = dice.choice(ALERTS)
    what = dice.random()
    if what < 0.4:
        life.fire(name, severity)
    elif what < 0.7:
        life.resolve(name, severity)
    elif what < 0.85:
        key = life.fire(name, severity) if dice.random() < 0.3 else known(dice, life)
        reason = dice.choice(
            [SuppressReason.SILENCED, SuppressReason.SILENCED, SuppressReason.INHIBITED]
        )
        if key:
            ends = life.now + dice.choice([2 * MINUTE, 17 * MINUTE, 2 * HOUR]) * dice.random()
            life.quiets.append(Quiet(key, reason, life.now, ends))
            wake(life)
    elif life.incidents and what < 0.93:
        life.ack("ana", undo=False)
    elif life.incidents:
        life.ack("ana", undo=True)


def known(dice: random.Random, life: Life) -> str:
    return dice.choice(sorted(life.alerts)) if life.alerts else ""


def wake(life: Life) -> None:
    """A silence makes the incidents that it concerns due."""
    for key, incident in life.incidents.items():
        if incident.due_at is not None:
            life.incidents[key] = replace(incident, due_at=min(incident.due_at, life.now))


@pytest.mark.parametrize("first", range(0, examples(400), STORIES))
def test_whatever_happens_the_promises_hold(first: int) -> None:
    """Promises 2, 4 and 14 and E36, with silences, mutes, flapping and acknowledgements at once.

    Nobody is told of an end without a beginning, or of a beginning without an end; no look
    follows upon another without progress; what is critical is not kept quiet by flapping.
    """
    for seed in range(first, first + STORIES):
        life = play(seed)
        assert all(not one.open for one in life.incidents.values()), f"seed {seed} does not end"
        told = [m.notified for members in life.joined.values() for m in members.values()]
        assert NotifiedState.FIRING not in told, f"seed {seed}"
        spoke = {one.to for one in life.said if NoticeKind(one.kind) in FIRING_KINDS}
        ended = {one.to for one in life.said if one.kind == NoticeKind.RESOLVED.value}
        assert spoke == ended, f"seed {seed}"

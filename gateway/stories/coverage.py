"""Coverage: which parts of a routes.yaml the tests of a file touched. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.core.matching.text import write_matchers
from gateway.core.plan.plan import Plan
from gateway.core.routing.inhibition import InhibitRule, find_inhibitor
from gateway.core.routing.match import match_routes, walk
from gateway.core.routing.mutes import find_mute, intervals_containing
from gateway.core.routing.tree import Route
from gateway.stories.story import Fires, Labels, RouteTest, Step
from gateway.virtual.recorder import Delivery

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Touched:
    """What tests touched: ids of routes, numbers of inhibit rules, intervals, escalation steps."""

    routes: frozenset[str] = frozenset()
    rules: frozenset[int] = frozenset()
    intervals: frozenset[str] = frozenset()
    steps: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Coverage:
    """What of a plan was touched and what was not, by names for people."""

    touched: int = 0
    total: int = 0
    missed: dict[str, list[str]] = field(default_factory=dict)


def touched_of_routes(plan: Plan, tests: Sequence[RouteTest], at: float) -> Touched:
    """Return what alerts that fire together touch."""
    return _touched(plan, [one.alert.labels for one in tests], [at])


def touched_of_story(plan: Plan, steps: Sequence[Step], deliveries: Iterable[Delivery]) -> Touched:
    """Return what a story touches."""
    fired = [
        alert.labels
        for step in steps
        for event in step.events
        if isinstance(event, Fires)
        for alert in event.alerts
    ]
    touched = _touched(plan, fired, [step.at for step in steps])
    escalated = set()
    for one in deliveries:
        escalation = one.message.facts.get("escalation")
        if escalation is not None and escalation["step"]:
            taken = range(1, escalation["step"] + 1)
            escalated |= {(escalation["name"], number) for number in taken}
    return Touched(touched.routes, touched.rules, touched.intervals, frozenset(escalated))


def _touched(plan: Plan, alerts: Sequence[Labels], times: Sequence[float]) -> Touched:
    routes = [route for labels in alerts for route in match_routes(plan.root, labels)]
    rules = set()
    for labels in alerts:
        others = [one for one in alerts if one != labels]
        inhibitor = find_inhibitor(plan.inhibit_rules, labels, others)
        if inhibitor is not None:
            rules.add(plan.inhibit_rules.index(inhibitor.rule))
    intervals = set()
    for route in routes:
        names = (*route.mute_time_intervals, *route.active_time_intervals)
        for at in times:
            intervals |= set(intervals_containing(names, plan.time_intervals, at))
            if find_mute(route, plan.time_intervals, at) is not None:
                intervals |= set(route.active_time_intervals)
    return Touched(frozenset(one.id for one in routes), frozenset(rules), frozenset(intervals))


def coverage(plan: Plan, touched: Iterable[Touched]) -> Coverage:
    """Return what the tests touched, all together, and what none of them touched."""
    results = list(touched)
    answer = Coverage()
    routes = {one.id: _route_name(one) for one in walk(plan.root)}
    _count(answer, "routes", routes, {key for one in results for key in one.routes})
    rules = {number: _rule_name(rule) for number, rule in enumerate(plan.inhibit_rules)}
    _count(answer, "inhibit rules", rules, {key for one in results for key in one.rules})
    intervals = {name: name for name in plan.time_intervals}
    _count(answer, "time intervals", intervals, {key for one in results for key in one.intervals})
    all_steps = {
        (name, number): f"{name}, step {number}"
        for name, escalation in plan.escalations.items()
        for number in range(1, len(escalation.steps) + 1)
    }
    _count(answer, "escalation steps", all_steps, {key for one in results for key in one.steps})
    return answer


def _count(
    answer: Coverage, kind: str, names: Mapping[_Key, str], touched: Collection[_Key]
) -> None:
    missed = [name for key, name in names.items() if key not in touched]
    answer.total += len(names)
    answer.touched += len(names) - len(missed)
    if missed:
        answer.missed[kind] = missed


def _rule_name(rule: InhibitRule) -> str:
    source, target = write_matchers(rule.source), write_matchers(rule.target)
    return f"{rule.name}: {source} inhibits {target}"


def _route_name(route: Route) -> str:
    line = "" if route.line is None else f" (line {route.line})"
    return f"{route.id}{line}"

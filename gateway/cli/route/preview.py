"""Where an alert goes: the answer as values, made by the functions that also decide for real."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.cli.support.oncall_text import full_name
from gateway.core.alerts.labels import quote
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.matching.text import write_matcher, write_matchers
from gateway.core.plan.intervals import Timing, acknowledge_by, step_wait, timing
from gateway.core.plan.plan import Plan, Receiver, Severity, Target
from gateway.core.plan.recipients import fallback_of, receiver_of, step_targets
from gateway.core.routing.inhibition import InhibitRule
from gateway.core.routing.match import (
    Route,
    TraceStep,
    group_key,
    group_labels,
    match_routes,
    trace,
)
from gateway.core.routing.mutes import find_mute, next_mute_change

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StepPreview:
    """One step of the escalation: when it is taken if nobody answers, and whom it reaches then."""

    number: int
    at: float
    notify: tuple[str, ...]
    by: tuple[str, ...]  # channels; empty for all that a person has
    wait: float  # seconds until the next step; 0 when this one reaches nobody
    targets: tuple[Target, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchedRoute:
    """One route that takes the alert, and what follows there."""

    route: Route
    receiver: Receiver
    fallback: Receiver
    group: Labels
    key: str
    timing: Timing
    muted: tuple[str, str] | None
    changes_at: float | None  # when the route is next muted, or no longer
    steps: tuple[StepPreview, ...]
    repeat: int  # how often the steps begin again after the last one
    again_at: float | None  # when they do for the first time; None when they do not


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """Everything that is known beforehand about an alert with these labels at an instant."""

    labels: Labels
    at: float
    severity: Severity
    respond_by: float | None
    matches: tuple[MatchedRoute, ...]
    steps: tuple[TraceStep, ...]
    inhibited_by: tuple[InhibitRule, ...]  # rules whose targets it is among
    inhibits: tuple[InhibitRule, ...]  # rules whose sources it is among


def preview(plan: Plan, labels: Labels, at: float) -> RoutePreview:
    """Follow an alert with these labels that begins to fire at `at` (unix seconds)."""
    severity = plan.severity_of(labels)
    return RoutePreview(
        labels=labels,
        at=at,
        severity=severity,
        respond_by=acknowledge_by(severity, at, plan.business_hours),
        matches=tuple(
            _matched_route(plan, route, labels, severity, at)
            for route in match_routes(plan.root, labels)
        ),
        steps=tuple(trace(plan.root, labels)),
        inhibited_by=tuple(
            rule
            for rule in plan.inhibit_rules
            if matches_all(rule.target, labels) and _partner(rule, rule.source, labels)
        ),
        inhibits=tuple(
            rule
            for rule in plan.inhibit_rules
            if matches_all(rule.source, labels) and _partner(rule, rule.target, labels)
        ),
    )


def _partner(rule: InhibitRule, other_side: tuple[Matcher, ...], labels: Labels) -> bool:
    """Whether an alert on the other side can have what the rule wants to be equal."""
    return all(
        matcher.matches_value(labels.get(matcher.name, ""))
        for matcher in other_side
        if matcher.name in rule.equal
    )


def _matched_route(
    plan: Plan, route: Route, labels: Labels, severity: Severity, at: float
) -> MatchedRoute:
    receiver = receiver_of(plan, route.receiver)
    found = timing(route, severity, plan.repeats)
    steps = tuple(_step_previews(plan, receiver, severity, at + found.group_wait))
    repeat = plan.escalations[receiver.escalate].repeat if receiver.escalate and steps else 0
    # A last step that reaches nobody goes to the fallback instead of beginning again.
    repeat = repeat if steps and steps[-1].targets else 0
    return MatchedRoute(
        route=route,
        receiver=receiver,
        fallback=fallback_of(plan, receiver),
        group=group_labels(route, labels),
        key=group_key(route, labels),
        timing=found,
        muted=find_mute(route, plan.time_intervals, at),
        changes_at=next_mute_change(route, plan.time_intervals, at),
        steps=steps,
        repeat=repeat,
        again_at=steps[-1].at + steps[-1].wait if repeat else None,
    )


def _step_previews(
    plan: Plan, receiver: Receiver, severity: Severity, at: float
) -> list[StepPreview]:
    """The steps, each at the time it is taken when nobody acknowledges (see Turn.escalate)."""
    escalation = plan.escalations.get(receiver.escalate or "")
    steps: list[StepPreview] = []
    for number, step in enumerate(escalation.steps if escalation else (), 1):
        found = step_targets(plan, step, at)
        # A step that reaches nobody is not waited for.
        wait = step_wait(step.wait, severity, at, plan) if found.targets else 0.0
        steps.append(
            StepPreview(number, at, step.notify, step.by, wait, found.targets, found.missing)
        )
        at += wait
    return steps


def origin(plan: Plan, match: MatchedRoute, option: str) -> str:
    """Where a value comes from: "severity critical", "this route", "inherited from …", "default".

    `option` is one of the intervals, or receiver, group_by.
    """
    found = match.timing.origins.get(option) or match.route.origins.get(option, "default")
    if found == match.route.id:
        return "this route"
    if found not in plan.routes:
        return found
    if found == plan.root.id:
        return "inherited from the root route"
    return f"inherited from {write_matchers(plan.routes[found].matchers)}"


def mismatch(step: TraceStep, labels: Labels) -> str | None:
    """Which matcher was not fulfilled, and what the alert has instead; None when it matched."""
    if step.failed is None:
        return None
    value = labels.get(step.failed.name, "")
    has = f"{step.failed.name} is {quote(value)}" if value else f"it has no {step.failed.name}"
    return f"{write_matcher(step.failed)} fails: {has}" if len(step.route.matchers) > 1 else has


def person_of(plan: Plan, target: Target) -> str:
    """Whom a target reaches, in words: a person's name with the channel, else channel, address."""
    if target.person:
        return f"{full_name(plan.people, target.person)} by {target.channel} ({target.address})"
    return f"{target.channel} {target.address}"

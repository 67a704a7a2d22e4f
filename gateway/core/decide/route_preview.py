"""Preview of where an alert goes, made by the functions that decide for real alerts too."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.alerts.labels import quote
from gateway.core.decide.contacts_due import ContactDue, contacts_due
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.matching.text import write_matcher, write_matchers
from gateway.core.plan.intervals import Timing, acknowledge_by, step_wait, timing
from gateway.core.plan.label_targets import LabelChoice
from gateway.core.plan.plan import Plan, Receiver, Severity, Target
from gateway.core.plan.recipients import fallback_of, receiver_of, step_targets, targets_for
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
    """One step of the escalation, if nobody acknowledges before it."""

    number: int
    at: float
    """Unix seconds at which it is taken."""
    notify: tuple[str, ...]
    by: tuple[str, ...]
    """Contacts; empty for every contact of a person."""
    wait: float
    """Seconds until the next step; 0 if this one reaches nobody."""
    targets: tuple[Target, ...]
    """All that it notifies, at once or later."""
    direct: tuple[Target, ...]
    """The targets of receivers."""
    contacts: tuple[ContactDue, ...]
    """The contacts of people, by their own rules or by `by`, with their times."""
    missing: tuple[str, ...]
    round_robin: bool = False
    """Whether only one of the people is paged, each incident the next one."""
    skipped: str = ""
    """Why its `when` does not hold then; empty if it is taken."""


@dataclass(frozen=True, slots=True)
class MatchedRoute:
    """One selected route, and what follows there."""

    route: Route
    receiver: Receiver
    targets: tuple[Target, ...]
    """Those for these labels."""
    by_label: tuple[LabelChoice, ...]
    """The choice of each target that depends on labels."""
    fallback: Receiver
    group: Labels
    key: str
    timing: Timing
    respond_by: float | None
    """Unix seconds by when it must be acknowledged; None if nobody has to."""
    muted: tuple[str, str] | None
    changes_at: float | None
    """Unix seconds at which the route is next muted, or no longer; None if never."""
    steps: tuple[StepPreview, ...]
    repeat: int
    """How often the steps are taken again after the last one."""
    again_at: float | None
    """Unix seconds of the first repetition; None without one."""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """Everything that can be known in advance about an alert with these labels at an instant."""

    labels: Labels
    at: float
    severity: Severity
    team: str
    """The name of the team whose incident it would be, if it opened one; empty for no team."""
    matches: tuple[MatchedRoute, ...]
    steps: tuple[TraceStep, ...]
    inhibited_by: tuple[InhibitRule, ...]
    """Rules that can inhibit it: it matches their target side."""
    inhibits: tuple[InhibitRule, ...]
    """Rules by which it can inhibit others: it matches their source side."""


def preview_route(plan: Plan, labels: Labels, at: float) -> RoutePreview:
    """Return the preview for an alert with these labels that starts at `at` (unix seconds)."""
    severity = plan.severity_of(labels)
    return RoutePreview(
        labels=labels,
        at=at,
        severity=severity,
        team=plan.team_name(plan.team_of(labels)),
        matches=tuple(
            _matched_route(plan, route, labels, severity, at)
            for route in match_routes(plan.root, labels)
        ),
        steps=tuple(trace(plan.root, labels)),
        inhibited_by=tuple(
            rule
            for rule in plan.inhibit_rules
            if matches_all(rule.target, labels)
            and _can_pair({one.source: one.target for one in rule.equal}, rule.source, labels)
        ),
        inhibits=tuple(
            rule
            for rule in plan.inhibit_rules
            if matches_all(rule.source, labels)
            and _can_pair({one.target: one.source for one in rule.equal}, rule.target, labels)
        ),
    )


def _can_pair(
    own_names: Mapping[str, str], other_side: tuple[Matcher, ...], labels: Labels
) -> bool:
    """Return whether an alert on the other side can share the labels in `equal`.

    `own_names` are the labels on this side by their names on the other side.
    """
    return all(
        matcher.matches_value(labels.get(own_names[matcher.name], ""))
        for matcher in other_side
        if matcher.name in own_names
    )


def _matched_route(
    plan: Plan, route: Route, labels: Labels, severity: Severity, at: float
) -> MatchedRoute:
    receiver = receiver_of(plan, route.receiver)
    intervals = timing(route, severity, plan.repeats)
    notified_at = at + intervals.group_wait
    steps = tuple(_step_previews(plan, receiver, intervals, notified_at, labels))
    repeat = plan.escalations[receiver.escalate].repeat if receiver.escalate and steps else 0
    # A last step that reaches nobody goes to the fallback instead of beginning again.
    taken = [step for step in steps if not step.skipped]
    repeat = repeat if taken and taken[-1].targets else 0
    return MatchedRoute(
        route=route,
        receiver=receiver,
        targets=targets_for(receiver, labels),
        by_label=tuple(one.choose(labels) for one in receiver.by_label),
        fallback=fallback_of(plan, receiver),
        group=group_labels(route, labels),
        key=group_key(route, labels),
        timing=intervals,
        respond_by=acknowledge_by(intervals, notified_at, plan.business_hours),
        muted=find_mute(route, plan.time_intervals, at),
        changes_at=next_mute_change(route, plan.time_intervals, at),
        steps=steps,
        repeat=repeat,
        again_at=steps[-1].at + steps[-1].wait if repeat else None,
    )


def _step_previews(
    plan: Plan, receiver: Receiver, intervals: Timing, at: float, labels: Labels
) -> list[StepPreview]:
    """Return the steps with the times at which they are taken if nobody acknowledges.

    `core.decide.escalation` decides the same for real incidents.
    """
    escalation = plan.escalations.get(receiver.escalate or "")
    urgent = plan.is_urgent(intervals.severity.rank)
    steps: list[StepPreview] = []
    for number, step in enumerate(escalation.steps if escalation else (), 1):
        skipped = plan.skips(step, intervals.severity.name, at)
        if skipped:
            step_preview = StepPreview(
                number, at, step.notify, step.by, 0.0, (), (), (), (), skipped=skipped
            )
            steps.append(step_preview)
            continue
        resolved = step_targets(plan, step, at, labels, urgent=urgent)
        contacts = [
            due
            for person in resolved.people
            for due in contacts_due(
                PersonalState(person, at, NotifyReason.FIRST, step.by), plan, at, urgent=urgent
            )
        ]
        # A step that reaches nobody is not waited for.
        wait = step_wait(step.wait, intervals, at, plan) if resolved.targets else 0.0
        steps.append(
            StepPreview(
                number,
                at,
                step.notify,
                step.by,
                wait,
                resolved.targets,
                resolved.direct,
                tuple(contacts),
                resolved.missing,
                round_robin=step.round_robin,
            )
        )
        at += wait
    return steps


def origin(plan: Plan, match: MatchedRoute, option: str) -> str:
    """Return what set a value: "severity critical", "this route", "inherited from …", "default".

    `option` is the name of an interval, "receiver" or "group_by".
    """
    source = match.timing.origins.get(option) or match.route.origins.get(option, "default")
    if source == match.route.id:
        return "this route"
    if source not in plan.routes:
        return source
    if source == plan.root.id:
        return "inherited from the root route"
    return f"inherited from {write_matchers(plan.routes[source].matchers)}"


def mismatch(step: TraceStep, labels: Labels) -> str | None:
    """Return which matcher failed and the alert's own value; None if the route matched."""
    if step.failed is None:
        return None
    value = labels.get(step.failed.name, "")
    has = f"{step.failed.name} is {quote(value)}" if value else f"it has no {step.failed.name}"
    return f"{write_matcher(step.failed)} fails: {has}" if len(step.route.matchers) > 1 else has


def person_of(plan: Plan, target: Target) -> str:
    """Return the recipient: a person's name and channel, or channel and address with copies."""
    if target.person:
        return f"{plan.name_of(target.person)} by {target.account} ({target.address})"
    return ", cc ".join([f"{target.account} {target.address}", *target.copies])

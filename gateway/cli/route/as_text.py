"""The preview of `gateway route` as text."""

from pathlib import Path

from gateway.cli.route.preview import (
    MatchedRoute,
    RoutePreview,
    StepPreview,
    mismatch,
    origin,
    person_of,
)
from gateway.cli.support.output import echo, paint, plural, rank_colour
from gateway.core.decide.contacts_due import ContactDue
from gateway.core.matching.text import write_labels, write_matchers
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.intervals import OPTIONS, RESPOND_WITHIN
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.plan.target_name import target_name
from gateway.core.routing.match import TraceStep
from gateway.core.time.timestamps import format_duration
from gateway.render.view.times import clock_time

_NAME_WIDTH = 16
"""Columns of the field names before the values."""


def print_preview(plan: Plan, preview: RoutePreview, file: Path) -> None:
    """Print the alert, each receiver, inhibitions, and the path through the routing tree."""
    zone = plan.business_hours.zone
    severity = preview.severity
    echo(paint(write_labels(preview.labels), bold=True))
    if severity.rank != UNKNOWN_RANK:
        text = f"severity {severity.name}"
    elif plan.severities:
        text = "no known severity"
    else:
        text = f"{file.name} declares no severities"
    text = paint(text, rank_colour(severity.rank))
    text += f", firing from {clock_time(preview.at, zone, preview.at)}"
    if plan.teams:
        text += f", team {preview.team}" if preview.team else ", no team"
    echo(text)
    for match in preview.matches:
        echo()
        _print_match(plan, preview, match, file)
    for title, rules in (
        ("inhibited while one of these fires", preview.inhibited_by),
        ("while it fires, it inhibits", preview.inhibits),
    ):
        for rule in rules:
            side = rule.source if rules is preview.inhibited_by else rule.target
            same = f" with the same {', '.join(map(str, rule.equal))}" if rule.equal else ""
            echo()
            echo(f"{title}: {write_matchers(side)}{same}")
    echo()
    echo(paint("path through the routing tree", bold=True))
    _print_trace(preview, file)


def _print_match(plan: Plan, preview: RoutePreview, match: MatchedRoute, file: Path) -> None:
    position = f"{file}:{match.route.line}" if match.route.line else str(file)
    echo(f"receiver {paint(match.receiver.name, 'cyan', bold=True)}   ({position})")
    group_by_origin = origin(plan, match, "group_by")
    _print_field("group", f"{write_labels(match.group)}   ({group_by_origin})")
    for option in OPTIONS:
        value = format_duration(getattr(match.timing, option))
        _print_field(option, f"{value}   ({origin(plan, match, option)})")
    every = match.timing.repeats_every
    if every != match.timing.repeat_interval:
        _print_field("", f"repeats come every {format_duration(every)}, {match.timing.repeats}")
    _print_respond_within(plan, preview, match)
    if match.route.labels:
        _print_field("adds labels", write_labels(match.route.labels))
    _print_field("muted", _muted(plan, preview, match))
    _print_targets(plan, "notifies", match.targets)
    for choice in match.by_label:
        if choice.why:
            text = f"{choice.why}: {target_name(choice.target)} is notified instead"
            _print_field("by label", paint(text, "yellow"))
    _print_escalation(plan, preview, match)
    if match.targets or match.steps:
        _print_field("if not reached", f"receiver {match.fallback.name}")
    expiry = format_duration(preview.severity.ack_expires)
    _print_field("acknowledged", f"for {expiry} at most, then it counts as unacknowledged again")
    if plan.flapping.times:
        urgent = preview.severity.rank <= plan.urgent_rank
        _print_field("flapping", _flapping(plan.flapping, urgent=urgent))


def _print_respond_within(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> None:
    within = match.timing.respond_within
    if match.respond_by is None or within is None:
        return
    text = within if isinstance(within, str) else format_duration(within)
    until = clock_time(match.respond_by, plan.business_hours.zone, preview.at)
    source = origin(plan, match, RESPOND_WITHIN)
    _print_field(RESPOND_WITHIN, f"{text}: acknowledge by {until}   ({source})")


def _print_escalation(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> None:
    for step in match.steps:
        name = "escalation" if step.number == 1 else ""
        after = format_duration(step.at - preview.at)
        text = f"{step.number}. after {after}: "
        if step.skipped:
            _print_field(name, f"{text}skipped: {step.skipped}")
            continue
        text += "one of, by round robin: " if step.round_robin else ""
        recipients = [person_of(plan, target) for target in step.direct]
        recipients += [_contact(plan, step, due) for due in step.contacts]
        text += "; ".join(recipients) or "nobody"
        for sentence in step.missing:
            text += paint(f" [{sentence}]", "red")
        _print_field(name, text)
    if match.again_at is not None:
        times = "once" if match.repeat == 1 else f"{match.repeat} times"
        after = format_duration(match.again_at - preview.at)
        _print_field("", f"then again from step 1, {times}, first after {after}")
    if match.steps and match.muted:
        _print_field("", "(no step is taken while it is muted)")


def _contact(plan: Plan, step: StepPreview, due: ContactDue) -> str:
    """Return a person's contact, and when it is notified if not with the step."""
    text = f"{due.person.name} by {due.contact.name} ({due.target.address})"
    if not due.usable:
        return f"{text}, skipped: {plan.unusable_contacts[due.target.key]}"
    if due.quiet:
        zone = plan.business_hours.zone
        return f"{text} at {clock_time(due.at, zone, step.at)}, after their quiet hours"
    delay = due.at - step.at
    return f"{text} after {format_duration(delay)} more" if delay else text


def _muted(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> str:
    zone = plan.business_hours.zone
    change = (
        clock_time(match.changes_at, zone, preview.at) if match.changes_at is not None else None
    )
    if match.muted is None:
        return "no" if change is None else f"no, but from {change}"
    what, names = match.muted
    why = f"by {names}" if what == "muted" else f"outside of {names}"
    return paint(f"yes, {why}", "yellow") + (f", until {change}" if change else ", for good")


def _flapping(flapping: Flapping, *, urgent: bool) -> str:
    within, every = format_duration(flapping.within), format_duration(flapping.every)
    calm = format_duration(flapping.calm_after)
    # Urgent alerts are never suppressed by flapping; only their resolve waits.
    often = "at once" if urgent else f"every {every}"
    return (
        f"after {flapping.times} times within {within}: notified {often}, resolved after {calm} "
        "of calm"
    )


def _print_targets(plan: Plan, name: str, targets: tuple[Target, ...]) -> None:
    if not targets:
        _print_field(name, "nobody (the receiver has no targets)")
    for index, target in enumerate(targets):
        note = "" if target.send_resolved else " (not when resolved)"
        _print_field("" if index else name, person_of(plan, target) + note)
        for header, text in target.headers.items():
            _print_field("", f"  header {header}: {text}")


def _print_field(name: str, text: str) -> None:
    echo(f"  {name:<{_NAME_WIDTH}} {text}")


def _print_trace(preview: RoutePreview, file: Path) -> None:
    """Print each evaluated route as a tree, and how many were not evaluated."""
    steps = {step.route.id: step for step in preview.steps}

    def print_node(step: TraceStep) -> None:
        indent = "  " * step.depth
        position = f"   ({file}:{step.route.line})" if step.route.line else ""
        matchers = write_matchers(step.route.matchers)
        echo(f"{indent}{_mark(step)} {matchers}  {_why(preview, step)}{position}")
        if not step.matched:
            return
        children = [steps[child.id] for child in step.route.children if child.id in steps]
        for child in children:
            print_node(child)
        skipped = len(step.route.children) - len(children)
        if skipped:
            later = plural(skipped, "later route")
            echo(f"{indent}  · {later} not evaluated: an earlier one matched")

    print_node(preview.steps[0])


def _mark(step: TraceStep) -> str:
    if step.chosen:
        return paint("→", "green", bold=True)
    return paint("✓", "green") if step.matched else paint("✗", "red")


def _why(preview: RoutePreview, step: TraceStep) -> str:
    if step.chosen:
        return paint(f"selected: receiver {step.route.receiver}", "green")
    if step.matched:
        return "matches, and a route below it is selected"
    return mismatch(step, preview.labels) or ""

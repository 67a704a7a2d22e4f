"""The answer of `gateway route` in words."""

from pathlib import Path

from gateway.cli.route.answer import Answer, Way, origin, person_of, why_not
from gateway.cli.support.output import paint, plural, rank_colour, say
from gateway.core.matching.text import write_labels, write_matchers
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.intervals import OPTIONS
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.routing.match import TraceStep
from gateway.core.time.timestamps import format_duration
from gateway.render.view.times import clock_time

_NAME = 16  # columns of the names before the values


def say_answer(plan: Plan, answer: Answer, file: Path) -> None:
    """Print it: what, then each receiver, then the way through the tree."""
    zone = plan.business_hours.zone
    severity = answer.severity
    say(paint(write_labels(answer.labels), bold=True))
    if severity.rank != UNKNOWN_RANK:
        text = f"severity {severity.name}"
    elif plan.severities:
        text = "no known severity"
    else:
        text = f"{file.name} declares no severities"
    text = paint(text, rank_colour(severity.rank))
    text += f", firing from {clock_time(answer.at, zone, answer.at)}"
    if answer.respond_by is not None:
        text += f", acknowledge by {clock_time(answer.respond_by, zone, answer.at)}"
    say(text)
    for way in answer.ways:
        say()
        _say_way(plan, answer, way, file)
    for title, rules in (
        ("kept quiet while one of these fires", answer.inhibited_by),
        ("while it fires it keeps quiet", answer.inhibits),
    ):
        for rule in rules:
            side = rule.source if rules is answer.inhibited_by else rule.target
            same = f" with the same {', '.join(rule.equal)}" if rule.equal else ""
            say()
            say(f"{title}: {write_matchers(side)}{same}")
    say()
    say(paint("the way through the tree", bold=True))
    _say_trace(answer, file)


def _say_way(plan: Plan, answer: Answer, way: Way, file: Path) -> None:
    place = f"{file}:{way.route.line}" if way.route.line else str(file)
    say(f"receiver {paint(way.receiver.name, 'cyan', bold=True)}   ({place})")
    grouped = origin(plan, way, "group_by")
    _say_pair("group", f"{write_labels(way.group)}   ({grouped})")
    for option in OPTIONS:
        value = format_duration(getattr(way.timing, option))
        _say_pair(option, f"{value}   ({origin(plan, way, option)})")
    every = way.timing.repeats_every
    if every != way.timing.repeat_interval:
        _say_pair("", f"repeats come every {format_duration(every)}, {way.timing.repeats}")
    if way.route.labels:
        _say_pair("adds labels", write_labels(way.route.labels))
    _say_pair("muted", _muted(plan, answer, way))
    _say_targets(plan, "tells", way.receiver.targets)
    for rung in way.rungs:
        first = rung.number == 1
        name = "escalation" if first else ""
        after = format_duration(rung.at - answer.at)
        text = f"{rung.number}. after {after}: "
        text += "; ".join(person_of(plan, target) for target in rung.targets) or "nobody"
        for sentence in rung.missing:
            text += paint(f" [{sentence}]", "red")
        _say_pair(name, text)
    if way.again_at is not None:
        times = "once" if way.repeat == 1 else f"{way.repeat} times"
        after = format_duration(way.again_at - answer.at)
        _say_pair("", f"then again from step 1, {times}, first after {after}")
    if way.rungs and way.muted:
        _say_pair("", "(no step is taken while it is muted)")
    if way.receiver.targets or way.rungs:
        _say_pair("if not reached", f"receiver {way.fallback.name}")
    lasts = format_duration(answer.severity.ack_expires)
    _say_pair("acknowledged", f"for {lasts} at most, then it counts as unacknowledged again")
    if plan.flapping.times:
        worst = answer.severity.rank == plan.worst_rank
        _say_pair("flapping", _flapping(plan.flapping, worst))


def _muted(plan: Plan, answer: Answer, way: Way) -> str:
    zone = plan.business_hours.zone
    change = clock_time(way.changes_at, zone, answer.at) if way.changes_at is not None else None
    if way.muted is None:
        return "no" if change is None else f"no, but from {change}"
    what, names = way.muted
    why = f"by {names}" if what == "muted" else f"outside of {names}"
    return paint(f"yes, {why}", "yellow") + (f", until {change}" if change else ", for good")


def _flapping(flapping: Flapping, worst: bool) -> str:
    within, every = format_duration(flapping.within), format_duration(flapping.every)
    calm = format_duration(flapping.calm_after)
    # The worst severity is never kept quiet; only its end waits.
    often = "at once" if worst else f"every {every}"
    return (
        f"after {flapping.times} times within {within}: notified {often}, resolved after {calm} "
        "of calm"
    )


def _say_targets(plan: Plan, name: str, targets: tuple[Target, ...]) -> None:
    if not targets:
        _say_pair(name, "nobody (the receiver has no targets)")
    for place, target in enumerate(targets):
        quiet = "" if target.wants_ends else " (not when resolved)"
        _say_pair("" if place else name, person_of(plan, target) + quiet)


def _say_pair(name: str, text: str) -> None:
    say(f"  {name:<{_NAME}} {text}")


def _say_trace(answer: Answer, file: Path) -> None:
    """Each node that was looked at, as a tree; those that were not are counted."""
    steps = {step.route.id: step for step in answer.steps}

    def visit(step: TraceStep) -> None:
        indent = "  " * step.depth
        place = f"   ({file}:{step.route.line})" if step.route.line else ""
        matchers = write_matchers(step.route.matchers)
        say(f"{indent}{_mark(step)} {matchers}  {_why(answer, step)}{place}")
        if not step.matched:
            return
        children = [steps[child.id] for child in step.route.children if child.id in steps]
        for child in children:
            visit(child)
        unseen = len(step.route.children) - len(children)
        if unseen:
            later = plural(unseen, "later route")
            say(f"{indent}  · {later} not looked at: an earlier one took the alert")

    visit(answer.steps[0])


def _mark(step: TraceStep) -> str:
    if step.chosen:
        return paint("→", "green", bold=True)
    return paint("✓", "green") if step.matched else paint("✗", "red")


def _why(answer: Answer, step: TraceStep) -> str:
    if step.chosen:
        return paint(f"takes it: receiver {step.route.receiver}", "green")
    if step.matched:
        return "fits, and a route below takes it"
    return why_not(step, answer.labels) or ""

"""PagerDuty's escalation policies."""

from gateway.importers.oncall.model.export import (
    EscalationRecord,
    Export,
    StepRecord,
    StepTarget,
    TargetKind,
)
from gateway.importers.oncall.pagerduty.schedules import read_person
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes

MINUTE = 60.0


def read_escalation(entry: Json, export: Export, notes: Notes) -> None:
    """Add an escalation policy; the wait of a rule is the time after it."""
    name = entry.text("name", entry.text("summary", entry.text("id")))
    steps = []
    for rule in entry.items("escalation_rules"):
        targets = tuple(
            target
            for one in rule.items("targets")
            if (target := _target(one, export, notes)) is not None
        )
        if not targets:
            message = f'escalation policy "{name}": a rule without targets is omitted'
            notes.add(NoteKind.LOST, rule.position, message)
            continue
        wait = rule.number("escalation_delay_in_minutes", 30) * MINUTE
        steps.append(StepRecord(targets, wait, _round_robin(rule)))
    if not steps:
        message = f'escalation policy "{name}" has no rules and is omitted'
        notes.add(NoteKind.LOST, entry.position, message)
        return
    if entry.text("on_call_handoff_notifications", "always") == "if_has_services":
        message = (
            "handoff notifications only for policies with services: the gateway notifies of every "
            "shift; remind: 0s under people: turns it off for a person"
        )
        notes.add(NoteKind.CHANGED, entry.at("on_call_handoff_notifications").position, message)
    services = [one.text("summary", one.text("id")) for one in entry.items("services")]
    if services:
        message = (
            f"services {', '.join(services)}: routes and matchers decide here which alerts go to "
            f'the receiver "{name}"; add a route for each service'
        )
        notes.add(NoteKind.DECIDE, entry.at("services").position, message)
    key = entry.text("id")
    export.escalations[key] = EscalationRecord(
        key, name, entry.position, tuple(steps), entry.number("num_loops", 0)
    )


def _target(target: Json, export: Export, notes: Notes) -> StepTarget | None:
    kind = target.text("type").removesuffix("_reference")
    if kind == "user":
        return StepTarget(TargetKind.PERSON, read_person(target, export))
    if kind == "schedule":
        return StepTarget(TargetKind.SCHEDULE, target.text("id"))
    message = f'a target of type "{kind}" has no counterpart; add it to the step by hand'
    notes.add(NoteKind.LOST, target.position, message)
    return None


def _round_robin(rule: Json) -> bool:
    """Return whether the targets take turns.

    The published schema says that the strategy is a text, its example has a list of objects.
    """
    strategy = rule.at("escalation_rule_assignment_strategy").value
    for one in strategy if isinstance(strategy, list) else [strategy]:
        if (one.get("type") if isinstance(one, dict) else one) == "round_robin":
            return True
    return False

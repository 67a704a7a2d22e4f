"""GoAlert's escalation policies."""

from collections.abc import Iterator

from gateway.importers.oncall.model.export import (
    EscalationRecord,
    Export,
    StepRecord,
    StepTarget,
    TargetKind,
)
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes

_ARGUMENTS = {"user": "user_id", "schedule": "schedule_id", "rotation": "rotation_id"}
ROTATION = "rotation:"
"""The key of a schedule that is made of a rotation begins with this."""


def read_escalation(entry: Json, export: Export, notes: Notes) -> None:
    """Add an escalation policy; the delay of a step is the wait after it."""
    name, key = entry.text("name"), entry.text("id")
    steps = []
    for step in entry.items("steps"):
        targets = tuple(_targets(step, name, export, notes))
        if step.flag("multiAck", default=False):
            message = (
                f'escalation policy "{name}": everybody in the step must acknowledge there; here '
                "one acknowledgement ends it"
            )
            notes.add(NoteKind.CHANGED, step.position, message)
        if targets:
            steps.append(StepRecord(targets, step.number("delayMinutes", 15) * 60.0))
    if not steps:
        message = f'escalation policy "{name}" notifies nobody; it is omitted'
        notes.add(NoteKind.LOST, entry.position, message)
        return
    export.escalations[key] = EscalationRecord(
        key, name, entry.position, tuple(steps), entry.number("repeat", 0)
    )


def _targets(step: Json, name: str, export: Export, notes: Notes) -> Iterator[StepTarget]:
    """Yield the targets of a step: `actions`, or `targets` of older releases."""
    for action in step.items("actions"):
        kind = action.text("type").removeprefix("builtin-")
        if kind in _ARGUMENTS:
            yield _target(kind, action.at("args").text(_ARGUMENTS[kind]), "", export)
        else:
            _note(action, kind, name, notes)
    if "actions" in step:
        return
    for target in step.items("targets"):
        kind = target.text("type")
        if kind in _ARGUMENTS:
            yield _target(kind, target.text("id"), target.text("name", ""), export)
        else:
            _note(target, kind, name, notes)


def _target(kind: str, key: str, name: str, export: Export) -> StepTarget:
    if kind == "user":
        return StepTarget(TargetKind.PERSON, export.add_person(key, name))
    return StepTarget(TargetKind.SCHEDULE, key if kind == "schedule" else f"{ROTATION}{key}")


def _note(target: Json, kind: str, name: str, notes: Notes) -> None:
    message = (
        f'escalation policy "{name}": the target of the type {kind} is no person; add it to a '
        "receiver, and name that in the step"
    )
    notes.add(NoteKind.LOST, target.position, message)

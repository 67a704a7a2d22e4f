"""Grafana OnCall's escalation chains: a flat list in which a wait is a step of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.importers.oncall.model.export import (
    EscalationRecord,
    Export,
    StepRecord,
    StepTarget,
    TargetKind,
)
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes

_REPEATS = 5
"""How often a chain with the step `repeat_escalation` starts again."""

_REASONS: Mapping[str, str] = {
    "notify_if_time_from_to": "add when: with time intervals to the steps after it; it waits for "
    "the opening there, while here steps that do not apply are skipped",
    "notify_if_num_alerts_in_window": "incidents are not escalated by their number of alerts",
    "notify_user_group": "add the people of the Slack group to the step",
    "notify_whole_channel": "add the channel to the receiver",
    "trigger_webhook": "add the webhook to the receiver",
    "resolve": "an incident resolves when its alerts do",
    "declare_incident": "it has no counterpart",
}


@dataclass(slots=True)
class _Chain:
    """The steps of a chain that were read so far; the last one is still open."""

    steps: list[StepRecord] = field(default_factory=list)
    repeat: int = 0
    first_wait: float = 0.0

    def wait(self, seconds: float) -> None:
        if not self.steps:
            self.first_wait += seconds
        else:
            self.steps[-1] = replace(self.steps[-1], wait=(self.steps[-1].wait or 0.0) + seconds)

    def notify(self, targets: Sequence[StepTarget], *, round_robin: bool) -> None:
        """Add people; those that follow each other without a wait are one step."""
        last = self.steps[-1] if self.steps else None
        if last is not None and last.wait is None and not last.round_robin and not round_robin:
            both = dict.fromkeys((*last.targets, *targets))
            self.steps[-1] = replace(last, targets=tuple(both))
            return
        if last is not None and last.wait is None:
            self.steps[-1] = replace(last, wait=1.0)  # the shortest wait, so next to at once
        self.steps.append(StepRecord(tuple(targets), None, round_robin))


def read_chain(entry: Json, policies: Sequence[Json], export: Export, notes: Notes) -> None:
    """Add an escalation chain with its steps, which are in order."""
    name, chain = entry.text("name"), _Chain()
    for step in policies:
        _add(step, name, chain, export, notes)
    if chain.first_wait and chain.steps:
        message = (
            f'escalation chain "{name}" begins with a wait of {chain.first_wait / 60:g} min; here '
            "the first step is notified at once, or after the route's group_wait"
        )
        notes.add(NoteKind.CHANGED, policies[0].position, message)
    if not chain.steps:
        message = f'escalation chain "{name}" notifies nobody; it is omitted'
        notes.add(NoteKind.LOST, entry.position, message)
        return
    key = entry.text("id")
    export.escalations[key] = EscalationRecord(
        key, name, entry.position, tuple(chain.steps), chain.repeat
    )


def _add(step: Json, name: str, chain: _Chain, export: Export, notes: Notes) -> None:
    kind = step.text("type")
    if kind == "wait":
        chain.wait(float(step.number("duration", 300)))
        return
    if kind == "repeat_escalation":
        chain.repeat = _REPEATS
        return
    if kind in _REASONS:
        message = f'escalation chain "{name}": {kind}: {_REASONS[kind]}'
        notes.add(NoteKind.LOST, step.position, message)
        return
    targets = _targets(step, kind, export)
    if targets is None:
        raise step.at("type").error(f"{kind} is no step that the API answers")
    if not targets:
        message = f'escalation chain "{name}": the step notifies nobody; it is omitted'
        notes.add(NoteKind.LOST, step.position, message)
        return
    if step.flag("important", default=False):
        message = (
            f'escalation chain "{name}": an important step uses people\'s important rules there; '
            "here the severity of the incident decides (urgent)"
        )
        notes.add(NoteKind.CHANGED, step.at("important").position, message)
    chain.notify(targets, round_robin=kind == "notify_person_next_each_time")


def _targets(step: Json, kind: str, export: Export) -> list[StepTarget] | None:
    """Return whom a step notifies; None for an unknown kind of step."""
    if kind in ("notify_persons", "notify_person_next_each_time"):
        key = (
            "persons_to_notify" if kind == "notify_persons" else "persons_to_notify_next_each_time"
        )
        keys = [export.add_person(str(one.value), "") for one in step.items(key)]
        return [StepTarget(TargetKind.PERSON, one) for one in keys]
    if kind == "notify_on_call_from_schedule":
        schedule = step.text("notify_on_call_from_schedule", "")
        return [StepTarget(TargetKind.SCHEDULE, schedule)] if schedule else []
    if kind == "notify_team_members":
        team = export.teams.get(step.text("team_to_notify", ""))
        return [StepTarget(TargetKind.PERSON, one) for one in (team.members if team else ())]
    return None

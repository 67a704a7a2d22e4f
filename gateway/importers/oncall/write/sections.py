"""People, teams and escalations as sections of routes.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.config.grammar.values import EMAIL
from gateway.core.time.timestamps import format_duration
from gateway.importers.emit import Block, Items, Value, escape_references
from gateway.importers.oncall.model.export import (
    EscalationRecord,
    Export,
    PersonRecord,
    StepRecord,
    StepTarget,
    TargetKind,
)
from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.read.notes import NoteKind, Notes

_REFERENCES = {
    TargetKind.SCHEDULE: "rota",
    TargetKind.NEXT: "secondary",
    TargetKind.MEMBERS: "members",
}
_LONGEST_WAIT = 366 * 86400.0
"""Seconds. A longer wait of an export is cut, because nobody waits for it."""

_MOST_REPEATS = 100
"""What `repeat` takes at most in routes.yaml."""


@dataclass(slots=True)
class IdTable:
    """Ids in routes.yaml by keys of the export."""

    people: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    rotas: dict[str, list[str]] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)


def people_block(export: Export, ids: IdTable, notes: Notes, file: str) -> Block:
    """Return `people:`; note those who cannot be notified."""
    block = Block()
    for key, person in export.people.items():
        block.add(
            ids.people[key], _person(person, ids.people[key], notes, Position(file, "people"))
        )
    return block


def _person(person: PersonRecord, id_: str, notes: Notes, position: Position) -> Block:
    block = Block([("name", _name(person.name, id_))])
    email = _email(person, notes, position)
    slack = "".join(person.slack.split())
    if email:
        block.add("email", email)
    if slack:
        block.add("slack", escape_references(slack))
    if person.zone:
        block.add("timezone", person.zone)
    if not email and not slack:
        message = (
            f"{person.name or person.key} has no e-mail address in the export and cannot be "
            f"notified; export the users, or add email: or slack: under people: {id_}:"
        )
        notes.add(NoteKind.DECIDE, position, message)
    return block


def _name(name: str, id_: str) -> str:
    """Return a name on one line; the id for one without letters."""
    return escape_references(" ".join(name.split()) or id_)


def _email(person: PersonRecord, notes: Notes, position: Position) -> str:
    if not person.email:
        return ""
    try:
        return escape_references(EMAIL.parse(person.email))
    except ValueError as error:
        notes.add(NoteKind.LOST, position, f"{person.name}: {error}")
        return ""


def teams_block(export: Export, ids: IdTable, notes: Notes, file: str) -> Block:
    """Return `teams:`, with a guess of the alerts that are theirs."""
    block = Block()
    for key, team in export.teams.items():
        id_ = ids.teams[key]
        inner = Block([("name", _name(team.name, id_))])
        inner.add("matchers", Items([f'team="{id_}"']))
        for name, keys in (("members", team.members), ("leads", team.leads)):
            if keys:
                inner.add(name, Items([ids.people[one] for one in keys]))
        rotas = [rota for one in team.schedules for rota in ids.rotas.get(one, ())]
        if rotas:
            inner.add("rotas", Items([*rotas]))
        block.add(id_, inner)
        message = f'which alerts are those of {team.name}: matchers assume the label team="{id_}"'
        notes.add(NoteKind.DECIDE, Position(file, "teams"), message)
    return block


def escalations_block(export: Export, ids: IdTable, notes: Notes) -> Block:
    """Return `escalations:`; a step whose targets are unknown is omitted with a note."""
    block = Block()
    for key, escalation in export.escalations.items():
        steps = [
            step
            for one in escalation.steps
            if (step := _step(one, escalation, ids, notes)) is not None
        ]
        if not steps:
            message = f'escalation "{escalation.name}" has no step that can be written'
            notes.add(NoteKind.LOST, escalation.position, message)
            del ids.escalations[key]
            continue
        if escalation.repeat > 0:
            repeat = min(escalation.repeat, _MOST_REPEATS)
            inner = Block([("steps", Items([*steps])), ("repeat", repeat)])
            block.add(ids.escalations[key], inner)
        else:
            block.add(ids.escalations[key], Items([*steps]))
    return block


def _step(
    step: StepRecord, escalation: EscalationRecord, ids: IdTable, notes: Notes
) -> Block | None:
    references: list[Value] = []
    for target in step.targets:
        names = list(_references(target, ids))
        references += [one for one in names if one not in references]
        if not names:
            message = (
                f'escalation "{escalation.name}" notifies the {target.kind} "{target.key}", which '
                "is not in the export; export it as well, or add it to the step by hand"
            )
            notes.add(NoteKind.LOST, escalation.position, message)
    if not references:
        return None
    block = Block([("notify", Items([*references]))])
    if step.wait is not None and step.wait > 0:
        block.add("wait", format_duration(min(step.wait, _LONGEST_WAIT)))
    if step.round_robin:
        block.entries.append(("round_robin", True))
    return block


def _references(target: StepTarget, ids: IdTable) -> Iterator[str]:
    if target.kind is TargetKind.PERSON:
        if target.key in ids.people:
            yield f"person:{ids.people[target.key]}"
        return
    for rota in ids.rotas.get(target.key, ()):
        yield f"{_REFERENCES[target.kind]}:{rota}"

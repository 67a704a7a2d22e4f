"""The whole routes.yaml of an export, or the part to append to another one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.config.load import Config, load
from gateway.core.plan.team import NO_TEAM
from gateway.importers.emit import Block, lines
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.write.frame import (
    PLACEHOLDERS,
    Variable,
    frame_lines,
    head_lines,
    variables_in,
)
from gateway.importers.oncall.write.names import Ids
from gateway.importers.oncall.write.rota_sections import RotaSections
from gateway.importers.oncall.write.sections import (
    IdTable,
    escalations_block,
    people_block,
    teams_block,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The new file, with the ids that it gives to what is in the export.

    ``frame`` is what the file needs besides to load: empty unless ``text`` is only a part. From
    ``as_of`` on (unix seconds UTC) the rotas have the people of the product on call.
    """

    export: Export
    text: str
    frame: str
    ids: IdTable
    notes: Notes
    as_of: float
    variables: Sequence[Variable]
    environment: Mapping[str, str]

    def loaded(self, text: str) -> Config:
        """Return the new file as the gateway reads it. Raises ConfigError."""
        return load(self.frame + text, env=self.environment)


def write(
    export: Export, notes: Notes, files: Sequence[str], as_of: float, *, fragment: bool
) -> Written:
    """Write a routes.yaml with the same people on call from `as_of` on (unix seconds UTC).

    A fragment has only people, teams, rotas and escalations, to append to another file.
    """
    ids = _ids(export)
    rotas = RotaSections(ids.people, notes, as_of)
    for schedule in export.schedules.values():
        rotas.add(schedule)
    ids.rotas = rotas.ids
    sections = {
        "people": people_block(export, ids, notes, files[0]),
        "teams": teams_block(export, ids, notes, files[0]),
        "rotas": rotas.block,
        "escalations": escalations_block(export, ids, notes),
    }
    frame = frame_lines(export.people, list(ids.escalations.values()), by_team=bool(export.teams))
    calendars = rotas.calendars
    variables = [Variable(*one) for one in calendars.variables]
    parts = [list(lines(Block([one]))) for one in sections.items() if one[1].entries]
    if not fragment:
        variables = [*variables_in(frame), *variables]
        parts.insert(0, frame)
    else:
        _note_missing(export, ids, notes, files[0])
    head = head_lines(export.product, files, variables, notes)
    return Written(
        export=export,
        text="\n".join([*head, *(line for part in parts for line in ("", *part)), ""]),
        frame="\n".join([*frame, ""]) if fragment else "",
        ids=ids,
        notes=notes,
        as_of=as_of,
        variables=variables,
        environment={**PLACEHOLDERS, **calendars.environment},
    )


def _note_missing(export: Export, ids: IdTable, notes: Notes, file: str) -> None:
    """Note what the file that a fragment is appended to must have."""
    names = list(ids.escalations.values())
    if names:
        listed = ", ".join(f"escalate: {name}" for name in names)
        message = f"receivers must name them in the file that has the rest: {listed}"
        notes.add(NoteKind.DECIDE, Position(file, "escalations"), message)
    channels = {
        "email": any(one.email for one in export.people.values()),
        "slack": any(one.slack for one in export.people.values()),
    }
    used = " and ".join(name for name, is_used in channels.items() if is_used)
    if used:
        message = f"people are notified by {used}: accounts must be under channels:"
        notes.add(NoteKind.DECIDE, Position(file, "people"), message)


def _ids(export: Export) -> IdTable:
    """Return ids for people, teams and escalations, by the keys of the export."""
    ids = IdTable()
    people, teams, escalations = Ids(), Ids(NO_TEAM), Ids()
    for key, person in export.people.items():
        ids.people[key] = people.new(person.email.partition("@")[0], person.name, key)
    for key, team in export.teams.items():
        ids.teams[key] = teams.new(team.name, key)
    for key, escalation in export.escalations.items():
        ids.escalations[key] = escalations.new(escalation.name, key)
    return ids

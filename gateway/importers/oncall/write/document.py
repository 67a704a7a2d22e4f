"""The whole routes.yaml of an export, or the part to append to another one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.config.load import Config, load
from gateway.core.plan.team import NO_TEAM
from gateway.importers.emit import Block, Items, Remark, lines, point_lines, remark_lines
from gateway.importers.oncall.model.export import Export
from gateway.importers.oncall.model.schedule import ScheduleRecord
from gateway.importers.oncall.read.notes import NoteKind, Notes
from gateway.importers.oncall.write.calendar_rotas import CalendarRotas
from gateway.importers.oncall.write.gaps import cover_each_other
from gateway.importers.oncall.write.names import Ids
from gateway.importers.oncall.write.rota_text import rota_block
from gateway.importers.oncall.write.rotas import RotaDraft, rotas_of
from gateway.importers.oncall.write.sections import (
    IdTable,
    channels_block,
    escalations_block,
    people_block,
    receivers_items,
    teams_block,
)

_PLACEHOLDERS = {
    "POSTMARK_TOKEN": "placeholder",
    "MAIL_FROM": "placeholder@example.com",
    "SLACK_TOKEN": "placeholder",
}
_MEANINGS = {
    "POSTMARK_TOKEN": "the server token of Postmark",
    "MAIL_FROM": "the sender of e-mails, such as alerts@example.com",
    "SLACK_TOKEN": "the bot token of the Slack app",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that must be put into the environment before the new file is used."""

    name: str
    meaning: str


@dataclass(slots=True)
class Written:
    """The new file, with the ids that it gives to what is in the export.

    ``head`` is what the file needs besides to load: empty unless ``text`` is only a part. From
    ``as_of`` on (unix seconds UTC) the rotas have the people of the product on call.
    """

    export: Export
    text: str
    head: str
    ids: IdTable
    notes: Notes
    as_of: float
    variables: list[Variable] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def loaded(self, text: str) -> Config:
        """Return the new file as the gateway reads it. Raises ConfigError."""
        return load(self.head + text, env=self.environment)


def write(
    export: Export, notes: Notes, files: Sequence[str], as_of: float, *, fragment: bool
) -> Written:
    """Write a routes.yaml with the same people on call from `as_of` on (unix seconds UTC).

    A fragment has only people, teams, rotas and escalations, to append to another file.
    """
    file = files[0]
    ids = _ids(export)
    calendars = CalendarRotas(notes)
    rotas = Block()
    rota_ids = Ids()
    for schedule in export.schedules.values():
        _add_rotas(schedule, rotas, rota_ids, ids, calendars, notes, as_of)
    people = people_block(export, ids, notes, file)
    teams = teams_block(export, ids, notes, file)
    escalations = escalations_block(export, ids, notes)
    sections = [
        ("people", people),
        ("teams", teams),
        ("rotas", rotas),
        ("escalations", escalations),
    ]
    body = [list(lines(Block([(key, one)]))) for key, one in sections if one.entries]
    accounts = channels_block(export.people)
    rest = list(_rest(accounts, list(ids.escalations.values()), by_team=bool(export.teams)))
    environment = {**calendars.environment}
    variables = [Variable(*one) for one in calendars.variables]
    if not fragment:
        used = [name for name in _MEANINGS if any(f"${{{name}}}" in line for line in rest)]
        variables = [*(Variable(name, _MEANINGS[name]) for name in used), *variables]
    environment |= _PLACEHOLDERS
    head = list(_head(export, notes, variables, files))
    parts = [*body] if fragment else [rest, *body]
    text = "\n".join([*head, *(line for part in parts for line in ("", *part))]) + "\n"
    other = "\n".join(rest) + "\n" if fragment else ""
    return Written(export, text, other, ids, notes, as_of, variables, environment)


def _ids(export: Export) -> IdTable:
    ids = IdTable()
    people, teams, escalations = Ids(), Ids(NO_TEAM), Ids()
    for key, person in export.people.items():
        ids.people[key] = people.new(person.email.partition("@")[0], person.name, key)
    for key, team in export.teams.items():
        ids.teams[key] = teams.new(team.name, key)
    for key, escalation in export.escalations.items():
        ids.escalations[key] = escalations.new(escalation.name, key)
    return ids


def _add_rotas(
    schedule: ScheduleRecord,
    block: Block,
    rota_ids: Ids,
    ids: IdTable,
    calendars: CalendarRotas,
    notes: Notes,
    as_of: float,
) -> None:
    """Add the rotas of a schedule; note one without any, and what differs."""
    if schedule.calendar is not None:
        id_ = rota_ids.new(schedule.name, schedule.key)
        ids.rotas[schedule.key] = [id_]
        block.add(id_, calendars.block(id_, schedule, schedule.calendar))
        return
    drafts = [one for one in rotas_of(schedule, ids.people, as_of) if one.rota.layers]
    if not drafts:
        message = f'schedule "{schedule.name}" has nobody on call from now on; it is omitted'
        notes.add(NoteKind.LOST, schedule.position, message)
        return
    ids.rotas[schedule.key] = []
    covered = cover_each_other([draft.rota for draft in drafts], as_of)
    for draft in drafts:
        id_ = rota_ids.new(schedule.name, schedule.key)
        ids.rotas[schedule.key].append(id_)
        block.add(id_, rota_block(draft.rota, gaps_allowed=covered))
        _note_moved(draft, notes)
    if len(drafts) > 1:
        names = ", ".join(ids.rotas[schedule.key])
        message = (
            f'schedule "{schedule.name}" has several people on call at once: it becomes the rotas '
            f"{names}, which each step that notified it names"
        )
        notes.add(NoteKind.CHANGED, schedule.position, message)


def _note_moved(draft: RotaDraft, notes: Notes) -> None:
    for rotation in draft.moved:
        message = (
            f'rotation "{rotation.name}" is on the clock of {rotation.zone} and its rota on that '
            f"of {draft.rota.zone}: its handovers move when one of the clocks changes"
        )
        notes.add(NoteKind.CHANGED, rotation.position, message)


def _rest(accounts: Block, escalations: list[str], *, by_team: bool) -> Iterator[str]:
    """Yield what a file needs besides people and rotas."""
    if accounts.entries:
        yield from lines(Block([("channels", accounts)]))
        yield ""
    yield from lines(Block([("receivers", receivers_items(escalations))]))
    yield ""
    yield from remark_lines(
        Remark("Everything goes to the first receiver until you add routes: for each service or "
               "integration of the old product one, with matchers.")
    )  # fmt: skip
    route = Block([("receiver", escalations[0] if escalations else "nobody")])
    if by_team:
        route.add("group_by", Items(["alertname", "team"]))
    yield from lines(Block([("route", route)]))


def _head(
    export: Export, notes: Notes, variables: list[Variable], files: Sequence[str]
) -> Iterator[str]:
    command = f"gateway import oncall {' '.join(files)}"
    yield from remark_lines(Remark(f"Made of {export.product} by `{command}`."))
    if variables:
        yield "#"
        yield "# Put into the environment (the values are not in this file):"
        for one in variables:
            yield from point_lines(f"{one.name}  {one.meaning}")
    for kind in NoteKind:
        rows = notes.of(kind)
        if rows:
            yield "#"
            yield f"# {kind.capitalize()}:"
        for note in rows:
            yield from point_lines(f"{note.path}: {note.message}" if note.path else note.message)

"""Notes on a translation: what has no counterpart, what differs, what to supply."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from gateway.config.source.problem import Problem, SourcePosition
from gateway.core.plan.accounts import Secret
from gateway.importers.emit import Remark


class NoteKind(StrEnum):
    """How a part of the file was translated."""

    LOST = "not translated"
    CHANGED = "differs"


@dataclass(frozen=True, slots=True)
class Note:
    """A note about one position in the file. `template` is Jinja with the same result."""

    kind: NoteKind
    problem: Problem
    template: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the note for ``--json``."""
        location = {key: getattr(self.problem, key) for key in ("file", "line", "column", "path")}
        data: dict[str, Any] = {**location, "message": self.problem.message}
        return {**data, "template": self.template} if self.template else data


class NoteGroup(NamedTuple):
    """The first of the notes with one message, and the lines of all of them."""

    note: Note
    lines: list[int]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that must be put into the environment before the new file is used.

    `placeholder` is a value that the file loads with; it is never one of the file's secrets.
    """

    name: str
    meaning: str
    line: int | None
    placeholder: str

    def to_json(self) -> dict[str, Any]:
        """Return the variable for ``--json``."""
        return {"name": self.name, "meaning": self.meaning, "line": self.line}


class Notes:
    """Collects notes and variables while a file is translated."""

    def __init__(self, file: str, secrets: frozenset[str] = frozenset()) -> None:
        """Take texts that must not be shown as `secrets`."""
        self.file = file
        self._secrets = secrets
        self.notes: list[Note] = []
        self.variables: list[Variable] = []
        self.translated: list[tuple[int, str]] = []
        self._names: dict[tuple[str, str], str] = {}

    def add_lost(self, position: SourcePosition, message: str, template: str = "") -> Remark:
        """Note what has no counterpart, and return the comment for its position."""
        return self._note(NoteKind.LOST, position, message, template)

    def add_difference(self, position: SourcePosition, message: str, template: str = "") -> Remark:
        """Note what differs, and return the comment for its position."""
        return self._note(NoteKind.CHANGED, position, message, template)

    def _note(
        self, kind: NoteKind, position: SourcePosition, message: str, template: str
    ) -> Remark:
        if any(secret in template for secret in self._secrets):
            message, template = f"{message} (not shown: it holds a secret)", ""
        problem = Problem(self.file, position.line, position.column, position.path, "", message)
        note = Note(kind, problem, template)
        if note not in self.notes:
            self.notes.append(note)
        return Remark(f"{kind} (line {position.line}): {message}", template)

    def of(self, kind: NoteKind) -> Iterator[Note]:
        """Yield the notes of one kind, in the order of the file."""
        notes = [note for note in self.notes if note.kind is kind]
        yield from sorted(notes, key=lambda note: (note.problem.line, note.problem.column))

    def alike(self, kind: NoteKind) -> list[NoteGroup]:
        """Return the notes of one kind, each with the lines of all with the same message."""
        groups: dict[tuple[str, str], NoteGroup] = {}
        for note in self.of(kind):
            group = NoteGroup(note, [])
            group = groups.setdefault((note.problem.message, note.template), group)
            group.lines.append(note.problem.line)
        return list(groups.values())

    def variable(
        self,
        name: str,
        meaning: str,
        position: SourcePosition | None,
        placeholder: str,
        secret: Secret | None = None,
    ) -> str:
        """Return a reference to a variable of this name, with a number if it is in use.

        The same secret under the same kind of name is one variable.
        """
        name = re.sub("[^A-Z0-9]+", "_", name.upper()).strip("_")
        kind = (name.partition("_")[0] + name.rpartition("_")[2], secret.reveal() if secret else "")
        if secret is not None and kind in self._names:
            return f"${{{self._names[kind]}}}"
        known = {one.name: one for one in self.variables}
        unique_name, number = name, 1
        while unique_name in known and (
            secret is not None or known[unique_name].meaning != meaning
        ):
            number += 1
            unique_name = f"{name}_{number}"
        if unique_name not in known:
            line = position.line if position else None
            self.variables.append(Variable(unique_name, meaning, line, placeholder))
        if secret is not None:
            self._names[kind] = unique_name
        return f"${{{unique_name}}}"

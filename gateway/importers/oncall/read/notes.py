"""Notes on an import: what has no counterpart, what differs, what is left to decide."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.importers.oncall.model.position import Position


class NoteKind(StrEnum):
    """What a note says about its position in the export."""

    LOST = "not translated"
    CHANGED = "differs"
    DECIDE = "to decide"


@dataclass(frozen=True, slots=True)
class Note:
    """A note with the file, the path in it, the reason and what to do."""

    kind: NoteKind
    file: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.message}"

    def to_json(self) -> dict[str, Any]:
        """Return the note for ``--json``."""
        return {"file": self.file, "path": self.path, "message": self.message}


@dataclass(slots=True)
class Notes:
    """Collects notes while an export is read and written."""

    items: dict[Note, None] = field(default_factory=dict)

    def add(self, kind: NoteKind, position: Position, message: str) -> None:
        """Add a note; the same one again changes nothing."""
        self.items[Note(kind, position.file, position.path, message)] = None

    def of(self, kind: NoteKind) -> list[Note]:
        """Return the notes of one kind, in the order in which they were added."""
        return [note for note in self.items if note.kind is kind]

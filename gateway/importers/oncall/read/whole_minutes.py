"""Times to the minute, which is as exact as routes.yaml is."""

from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.read.notes import NoteKind, Notes


def whole_minutes(seconds: float, position: Position, notes: Notes) -> float:
    """Return seconds rounded to a minute; note it where that changes anything."""
    rounded = round(seconds / 60) * 60.0
    if rounded != seconds:
        message = f"its time is not a whole minute; it is moved by {abs(rounded - seconds):g} s"
        notes.add(NoteKind.CHANGED, position, message)
    return rounded

"""What every reader is given beside the documents."""

from dataclasses import dataclass, field

from gateway.importers.oncall.read.documents import TimeWindow
from gateway.importers.oncall.read.notes import Notes


@dataclass(frozen=True, slots=True)
class Source:
    """The window that was rendered, if the export states it, and the time of the export.

    ``as_of`` (unix seconds UTC) is the start of that window, else now: what ended before it is
    over, and what runs at it is present.
    """

    as_of: float
    window: TimeWindow | None = None
    notes: Notes = field(default_factory=Notes)

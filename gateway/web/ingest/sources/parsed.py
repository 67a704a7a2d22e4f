"""What a source makes of a request's body: the good alerts, and what is wrong with the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.core.alerts.reported_alert import ReportedAlert


@dataclass(frozen=True, slots=True)
class BadAlert:
    """One fault: in which alert (counted from 0; None: the body as a whole), which field, what."""

    index: int | None
    field: str
    message: str

    def to_json(self) -> dict[str, object]:
        """The fault as an answer's `detail` lists it."""
        return {"alert": self.index, "field": self.field, "message": self.message}


@dataclass(slots=True)
class Parsed:
    """A body, read. `bad` alerts are left out of `alerts`; `repaired` ones are in it.

    `malformed`: the body broke JSON's rules in a place that could be told apart from the rest.
    `truncated`: alerts that the sender left out by its own limit.
    """

    alerts: list[ReportedAlert] = field(default_factory=list)
    bad: list[BadAlert] = field(default_factory=list)
    repaired: list[BadAlert] = field(default_factory=list)
    malformed: bool = False
    truncated: int = 0

    @property
    def note(self) -> str:
        """What the sender said about alerts that it did not send."""
        return f"{self.truncated} more not shown by the sender" if self.truncated else ""


class BodyError(Exception):
    """Nothing of the body can be used: 400 when it is not JSON, 422 when JSON of another shape."""

    def __init__(self, status: int, message: str, faults: Sequence[BadAlert] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.faults = tuple(faults)


Parse = Callable[[bytes, float], Parsed]
"""A source: (body, now) to Parsed. Raises BodyError, and nothing else whatever the body holds."""

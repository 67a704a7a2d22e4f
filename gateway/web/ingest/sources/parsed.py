"""Result of parsing a request's body: valid alerts, and the faults of the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.errors import GatewayError
from gateway.core.incidents.system_change import SystemChange
from gateway.core.plan.accounts import SourceSettings


@dataclass(frozen=True, slots=True)
class Post:
    """A body as it was posted to a source at `now`; `headers` ignore case."""

    source: SourceSettings
    body: bytes
    now: float
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadAlert:
    """One fault: the index of the alert from 0 (None: the whole body), the field, the message."""

    index: int | None
    field: str
    message: str

    def to_json(self) -> dict[str, object]:
        """Return the fault as an answer's `detail` lists it."""
        return {"alert": self.index, "field": self.field, "message": self.message}


@dataclass(frozen=True, slots=True)
class Related:
    """Alerts of the same source that fire and have a label, which the post is about too.

    `end`: they end with the post, except those that the post reports. Otherwise the post reports
    nothing new while any of them fires.
    """

    label: str
    value: str
    end: bool


@dataclass(slots=True)
class Parsed:
    """A parsed body. `bad` alerts are not in `alerts`; `repaired` ones are.

    `malformed`: the body broke JSON's rules, but only within some alerts.
    `truncated`: the number of alerts that the sender omitted by its own limit. `ignored`: why the
    post is about no alert, such as a sender's greeting; empty if it is.
    """

    alerts: list[ReportedAlert] = field(default_factory=list)
    bad: list[BadAlert] = field(default_factory=list)
    repaired: list[BadAlert] = field(default_factory=list)
    malformed: bool = False
    truncated: int = 0
    ignored: str = ""
    related: list[Related] = field(default_factory=list)
    changes: list[SystemChange] = field(default_factory=list)

    @property
    def note(self) -> str:
        """Return a note on the alerts that the sender omitted, or on why there are none."""
        if self.truncated:
            return f"{self.truncated} more not shown by the sender"
        return self.ignored


class BodyError(GatewayError):
    """A body without usable alerts: 400 if it is not JSON, 422 if its shape is wrong."""

    def __init__(self, status: int, message: str, faults: Sequence[BadAlert] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.faults = tuple(faults)


Parse = Callable[[Post], Parsed]
"""Parser of a source. Raises BodyError and nothing else, for any post."""

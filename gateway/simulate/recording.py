"""A recording: what happened in a span of time, apart from what routes.yaml made of it."""

from dataclasses import dataclass, field

from gateway.core.errors import GatewayError
from gateway.core.incidents.silence import Silence
from gateway.core.oncall.changes import RotaChange
from gateway.core.recorded.history import RecordedAction, RecordedAlert


class RecordingError(GatewayError, ValueError):
    """A recording that cannot be read; the text names the line and what is wrong."""


@dataclass(slots=True)
class Recording:
    """What happened from `start` to `end` (Unix seconds)."""

    start: float
    end: float
    alerts: list[RecordedAlert] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    actions: list[RecordedAction] = field(default_factory=list)
    changes: list[RotaChange] = field(default_factory=list)

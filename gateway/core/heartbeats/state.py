"""State of a heartbeat: what is stored of its pings, its present run, and its firing alerts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MOST_PINGS = 20
"""Pings that are kept of each heartbeat, to be shown. Higher: each ping writes a longer row."""


class PingKind(StrEnum):
    """What a ping says; the values are those of the API and of the metric."""

    SUCCESS = "success"
    FAIL = "fail"
    START = "start"
    LOG = "log"

    @property
    def ends_run(self) -> bool:
        """Whether the job has ended, well or badly."""
        return self in (PingKind.SUCCESS, PingKind.FAIL)


@dataclass(frozen=True, slots=True)
class Ping:
    """One ping. `run` is the id of the run that its sender chose, empty without one.

    `exit_status` is None where the sender gave none.
    """

    kind: PingKind
    run: str = ""
    exit_status: int | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class PastPing:
    """A ping as it is shown later. `duration` is that of the run it ended, in seconds."""

    at: float
    kind: PingKind
    exit_status: int | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class HeartbeatState:
    """What is known of a job. Times are Unix seconds.

    `awaited_since` is where its schedule counts from: the last ping, or a later instant where a
    ping may have been lost or the schedule was changed. `extended_to` is the earliest deadline
    while a run is in progress, None without one. `alerts` are the labels of the alerts that fire,
    by the problem. `undeclared_since`: since when no replica's routes.yaml has the heartbeat.
    """

    awaited_since: float
    schedule: str
    last_ping: float | None = None  # the last success or failure
    started_at: float | None = None  # of the run in progress, None without one
    run: str = ""
    extended_to: float | None = None
    failed_at: float | None = None
    exit_status: int | None = None
    last_duration: float | None = None
    pings: tuple[PastPing, ...] = ()
    alerts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    undeclared_since: float | None = None

    @property
    def is_new(self) -> bool:
        """Whether the job has neither pinged nor begun a run."""
        return self.last_ping is None and self.started_at is None

    def to_json(self) -> dict[str, Any]:
        """Return the state as values of JSON."""
        return asdict(self)


def state_from_json(values: Mapping[str, Any]) -> HeartbeatState:
    """Return the state of what `to_json` returned."""
    pings = tuple(
        PastPing(one["at"], PingKind(one["kind"]), one["exit_status"], one["duration"])
        for one in values["pings"]
    )
    return HeartbeatState(**{**values, "pings": pings})

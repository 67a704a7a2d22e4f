"""Heartbeats: jobs that ping; the alerts that fire when one does not, fails, or runs too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.time.timestamps import format_duration

HEARTBEAT_SOURCE = "heartbeats"
"""The source of these alerts. No source of routes.yaml may have this name."""

HEARTBEAT_LABEL = "heartbeat"
"""The label that names the heartbeat. Each of its alerts has it."""


class HeartbeatProblem(StrEnum):
    """What may be wrong with a job; the values are keys of routes.yaml."""

    MISSING = "missing"  # no ping by the due time and the grace behind it
    FAILED = "failed"  # the last ping was a failure
    SLOW = "slow"  # a run that began has not ended within `longest_run`


ALERTNAMES: Mapping[HeartbeatProblem, str] = {
    HeartbeatProblem.MISSING: "HeartbeatMissing",
    HeartbeatProblem.FAILED: "HeartbeatFailed",
    HeartbeatProblem.SLOW: "HeartbeatSlow",
}
"""The names of the alerts, unless routes.yaml has others."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A job that pings. Durations are in seconds.

    It is due `period` after its last ping or, with a `cron` expression, at that wall-clock time in
    `zone`. `longest_run` None: the length of a run is not watched. `generation` is part of the
    job's URL: another one revokes it. `labels` are those of the alert about each problem.
    """

    name: str
    period: float | None
    cron: str
    zone: str
    grace: float
    longest_run: float | None
    generation: int
    labels: Mapping[HeartbeatProblem, Mapping[str, str]]
    annotations: Mapping[str, str]

    @property
    def schedule(self) -> str:
        """The schedule as a text, such as ``every 5m`` or ``0 2 * * * (Europe/Berlin)``."""
        if self.period is not None:
            return f"every {format_duration(self.period)}"
        return f"{self.cron} ({self.zone})"

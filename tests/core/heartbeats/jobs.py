"""Heartbeats for tests, and pings of them."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.core.heartbeats.alerts import report_problems
from gateway.core.heartbeats.ping import with_ping
from gateway.core.heartbeats.schedule import (
    HeartbeatStatus,
    Outage,
    adapted,
    first_state,
    status,
)
from gateway.core.heartbeats.state import HeartbeatState, Ping, PingKind
from gateway.core.plan.heartbeat import Heartbeat, HeartbeatProblem
from gateway.cron import next_slot

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

NIGHTLY = Heartbeat(
    name="renewal-cron",
    period=None,
    cron="30 2 * * *",
    zone="Europe/Berlin",
    grace=HOUR,
    longest_run=5 * MINUTE,
    generation=1,
    labels={
        problem: {"alertname": f"RenewalCron{problem.value.capitalize()}"}
        for problem in HeartbeatProblem
    },
    annotations={},
)
EVERY_5_MINUTES = replace(
    NIGHTLY, name="worker", cron="", period=5 * MINUTE, grace=MINUTE, longest_run=None
)


def berlin(text: str, fold: int = 0) -> float:
    """Return the instant of a wall-clock time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp()


class Job:
    """A heartbeat and its state, driven through time."""

    def __init__(self, heartbeat: Heartbeat, now: float) -> None:
        self.heartbeat = heartbeat
        self.state: HeartbeatState = first_state(heartbeat, now)
        self.now = now

    def ping(self, kind: PingKind = PingKind.SUCCESS, *, at: float, run: str = "") -> None:
        self.now = at
        ping = Ping(kind, run, 1 if kind is PingKind.FAIL else None)
        self.state = with_ping(self.heartbeat, self.state, ping, next_slot, at)
        self._report()

    def status(self, at: float, outage: Outage | None = None) -> HeartbeatStatus:
        """Return the status that a check finds."""
        self.now = at
        self.state = adapted(self.heartbeat, self.state, next_slot, outage, at)
        self._report()
        return status(self.heartbeat, self.state, next_slot, at)

    @property
    def firing(self) -> set[str]:
        """The problems whose alerts fire."""
        return set(self.state.alerts)

    def _report(self) -> None:
        self.state, _ = report_problems(self.heartbeat, self.state, "", next_slot, self.now)

"""Models of heartbeats."""

from typing import Literal

from pydantic import Field

from gateway.core.heartbeats.schedule import HeartbeatStatus
from gateway.core.heartbeats.state import PingKind
from gateway.web.api_v1.models.base import Instant, ResponseModel


class PastPing(ResponseModel):
    """A ping that was stored."""

    at: Instant
    kind: PingKind
    exit_status: int | None
    duration: float | None = Field(description="Seconds of the run that it ended.")


class Heartbeat(ResponseModel):
    """A job that pings, and what is known of it."""

    name: str
    schedule: str = Field(description="Such as `every 5m` or `0 2 * * * (Europe/Berlin)`.")
    status: HeartbeatStatus
    problems: list[Literal["missing", "failed", "slow"]] = Field(
        description="The problems whose alerts fire."
    )
    last_ping: Instant | None = Field(description="The last success or failure.")
    due_at: Instant | None = Field(description="When the next ping is due; null for a new one.")
    running_since: Instant | None
    last_duration: float | None = Field(description="Seconds of the last run.")
    exit_status: int | None = Field(description="Of the last ping.")
    url: str | None = Field(
        description="What the job pings. With it anyone can ping, so it is null for clients "
        "without write access."
    )
    pings: list[PastPing] = Field(description="The last pings, the newest first.")


class Heartbeats(ResponseModel):
    """All heartbeats of routes.yaml, in its order."""

    heartbeats: list[Heartbeat]

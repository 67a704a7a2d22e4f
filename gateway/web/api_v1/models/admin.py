"""Models of the gateway itself: its state, dead letters, refused requests."""

from typing import Any, Literal

from gateway.web.api_v1.models.base import Instant, ResponseModel
from gateway.web.api_v1.models.incidents import Notice


class DeadLetters(ResponseModel):
    """Messages that were given up, newest first."""

    notices: list[Notice]
    next: int | None


class Replayed(ResponseModel):
    """Messages that are retried, and others: sent meanwhile, superseded or unknown."""

    replayed: list[int]
    left: list[int]


class Reject(ResponseModel):
    """A request with alerts that was refused, whole or in part."""

    at: Instant
    source: str
    status: int
    error: str
    detail: Any
    remote: str
    excerpt: str


class Rejects(ResponseModel):
    """Refused requests, newest first."""

    rejects: list[Reject]


class Component(ResponseModel):
    """A component of the gateway and its state."""

    component: str
    ok: bool
    text: str


class Status(ResponseModel):
    """The state of the gateway."""

    status: Literal["ok", "degraded", "unavailable"]
    version: str
    now: Instant
    config_digest: str
    config_loaded_at: Instant | None
    config_warnings: list[str]
    incidents: dict[str, int]
    components: list[Component]

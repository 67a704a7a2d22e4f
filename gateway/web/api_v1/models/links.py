"""Models of checked links."""

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, ResponseModel


class CheckedLink(ResponseModel):
    """A link to a runbook or a dashboard, as the last check found it."""

    url: str
    positions: list[str] = Field(description="Names of alerts, or lines of routes.yaml.")
    state: str = Field(description="ok, dead or unknown: what the last check found.")
    dead: bool = Field(description="Whether checks in a row found it dead.")
    detail: str
    checked_at: Instant
    failed_since: Instant | None


class Links(ResponseModel):
    """The checked links. `enabled`: whether routes.yaml has `link_checks:`."""

    enabled: bool
    links: list[CheckedLink]

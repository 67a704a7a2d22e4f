"""Models of the episodes of alerts."""

from pydantic import Field

from gateway.core.alerts.episode import EpisodeState
from gateway.web.api_v1.models.base import Instant, ResponseModel
from gateway.web.api_v1.requests import InstantParam, RequestModel


class AlertHistoryQuery(RequestModel):
    """Selection of alerts by their labels, and a time span."""

    labels: str = Field(
        max_length=5000,
        description='Alerts that have all these labels: `{alertname="X", team="billing"}`.',
    )
    start: InstantParam | None = Field(
        None, alias="from", description="Beginning of the time span. Default: 7 days before `to`."
    )
    end: InstantParam | None = Field(None, alias="to", description="Its end. Default: now.")
    limit: int = Field(100, ge=1, le=1000)


class AlertEpisode(ResponseModel):
    """One firing of an alert."""

    labels: dict[str, str]
    starts_at: Instant
    ends_at: Instant | None = Field(description="None while it fires.")
    state: EpisodeState = Field(
        description="`timed out` if the source stopped to report it and sent no end."
    )
    severity: str
    source: str
    incidents: list[int] = Field(description="The incidents it was in, the newest first.")


class AlertHistory(ResponseModel):
    """Episodes that touch the time span, the latest first."""

    episodes: list[AlertEpisode]
    count: int = Field(description="How many there are; `episodes` has at most `limit`.")
    stored_since: Instant = Field(
        description="Episodes that ended before are past their retention (GATEWAY_RETENTION)."
    )
    notes: list[str] = Field(description="What the answer does not hold, as sentences.")

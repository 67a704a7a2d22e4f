"""Models of the question "why was I (not) paged?" and its answer."""

from pydantic import Field

from gateway.web.api_v1.models import (
    Event,
    Incident,
    Instant,
    Notice,
    PersonName,
    ResponseModel,
    Shift,
)
from gateway.web.api_v1.models.alerts import AlertEpisode
from gateway.web.api_v1.models.silences import Silence
from gateway.web.api_v1.requests import InstantParam, Number, RequestModel


class ExplainQuery(RequestModel):
    """One of `incident`, `labels` or `person`."""

    incident: Number | None = Field(None, description="The number of an incident.")
    labels: str | None = Field(
        None,
        max_length=5000,
        description='Alerts that have all these labels: `{alertname="X", team="billing"}`.',
    )
    person: str | None = Field(None, max_length=80, description="The id of a person.")
    since: InstantParam | None = Field(
        None, description="Beginning of the time span, with `person`. Default: 24 hours ago."
    )
    zone: str | None = Field(
        None,
        max_length=60,
        description="Time zone of the sentences. Default: the person's or business_hours'.",
    )


class ExplainedIncident(Incident):
    """An incident, and why it did or did not notify."""

    told: bool = Field(description="Whether any message was delivered; with `person`, to them.")
    why: list[str] = Field(description="The reasons, as sentences.")
    timeline: list[Event]
    notices: list[Notice] = Field(description="With `person`, only those to them.")


class ExplainedAlert(ResponseModel):
    """An alert, its receivers, and the incidents it was in."""

    labels: dict[str, str]
    status: str
    starts_at: Instant
    ends_at: Instant | None
    received_at: Instant
    source: str
    receivers: list[str] = Field(description="The receivers that routes.yaml selects now.")
    incidents: list[int]
    silenced_by: list[Silence] = Field(
        description="The active silences over it, those that end last first."
    )
    episodes: list[AlertEpisode] = Field(description="Its latest firings, the latest first.")
    episode_count: int = Field(description="How often it fired within the retention.")


class Explanation(ResponseModel):
    """Why an incident, an alert or a person was notified, or was not."""

    answer: list[str] = Field(description="The answer in short, as sentences.")
    person: PersonName | None
    since: Instant | None
    on_call: list[Shift] = Field(description="When the person was on call in that time.")
    alerts: list[ExplainedAlert]
    incidents: list[ExplainedIncident]

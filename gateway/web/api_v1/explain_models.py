"""The question "why was I (not) paged?" and its answer, as models of the API."""

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
from gateway.web.api_v1.requests import InstantParam, Number, RequestModel
from gateway.web.api_v1.silence_models import Silence


class ExplainQuery(RequestModel):
    """One of `incident`, `labels` or `person`."""

    incident: Number | None = Field(None, description="The number of an incident.")
    labels: str | None = Field(
        None,
        max_length=5000,
        description='Labels of alerts: `{alertname="X", team="billing"}`; all that carry them.',
    )
    person: str | None = Field(None, max_length=80, description="The id of a person.")
    since: InstantParam | None = Field(
        None, description="How far back to look, with `person`. By default 24 hours."
    )
    zone: str | None = Field(
        None,
        max_length=60,
        description="Time zone of the sentences. By default the person's or business_hours'.",
    )


class ExplainedIncident(Incident):
    """An incident, and why it spoke or kept quiet."""

    told: bool = Field(description="Whether any message went out; with `person`, to them.")
    why: list[str] = Field(description="The reasons, in sentences.")
    timeline: list[Event]
    notices: list[Notice] = Field(description="With `person`, those to them.")


class ExplainedAlert(ResponseModel):
    """An alert, where it goes, and the incidents it was in."""

    labels: dict[str, str]
    status: str
    starts_at: Instant
    ends_at: Instant | None
    received_at: Instant
    source: str
    receivers: list[str] = Field(description="Where routes.yaml leads it now.")
    incidents: list[int]
    silenced_by: list[Silence] = Field(description="The silences over it now, the longest first.")


class Explanation(ResponseModel):
    """Why somebody was told, or was not."""

    answer: list[str] = Field(description="The answer in short, in sentences.")
    person: PersonName | None
    since: Instant | None
    on_call: list[Shift] = Field(description="When the person was on call in that time.")
    alerts: list[ExplainedAlert]
    incidents: list[ExplainedIncident]

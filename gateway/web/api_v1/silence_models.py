"""Silences over the API: what is asked, and what is said."""

from typing import Literal

from pydantic import Field

from gateway.web.api_v1.models import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import InstantParam, Number, RequestModel

MATCHERS = 'Matchers: `alertname="X"`, or several as `{team="billing", env=~"prod.*"}`.'


class SilencesQuery(RequestModel):
    """Which silences."""

    ended: bool = Field(False, description="Those too that ended in the last five days.")
    labels: str | None = Field(
        None,
        max_length=5000,
        description="Only those that silence an alert with these labels: "
        '`{alertname="X", team="billing"}`.',
    )


class SilencePreviewQuery(RequestModel):
    """What would be silenced: by `matchers`, or by the number of an `incident`."""

    matchers: str | None = Field(None, max_length=20_000, description=MATCHERS)
    incident: Number | None = None
    limit: int = Field(10, ge=0, le=500, description="How many of the alerts to show.")


class SilenceGiven(RequestModel):
    """A silence to make; with `id` one to change. Either `matchers` or an `incident`."""

    matchers: list[str] = Field(default=[], max_length=100, description=MATCHERS)
    incident: Number | None = Field(
        None,
        description="Silence what this incident is about: its route and its group.",
    )
    starts_at: InstantParam | None = Field(None, description="By default now.")
    ends_at: InstantParam
    gone_for: float | None = Field(
        None,
        gt=0,
        description="Seconds without an alert that it matches after which it ends before that.",
    )
    created_by: str = Field(min_length=1, max_length=80)
    comment: str = Field(min_length=1, max_length=4000, description="Why.")
    id: str = Field("", max_length=40)


class Silence(ResponseModel):
    """A silence."""

    id: str
    state: Literal["pending", "active", "expired"]
    matchers: list[str]
    starts_at: Instant
    ends_at: Instant
    gone_for: float | None = Field(
        description="Seconds without an alert that it matches after which it ends before that."
    )
    created_by: PersonName
    comment: str
    annotations: dict[str, str]
    updated_at: Instant


class Silences(ResponseModel):
    """Silences, those first that end first."""

    silences: list[Silence]


class SilencedAlert(ResponseModel):
    """An alert that fires and would be silenced."""

    labels: dict[str, str]
    summary: str
    starts_at: Instant
    receivers: list[str]


class SilencePreview(ResponseModel):
    """What these matchers would silence now."""

    matchers: list[str]
    count: int = Field(description="How many alerts that fire now.")
    alerts: list[SilencedAlert] = Field(description="The first of them.")

"""Models of silences: queries, bodies and responses."""

from typing import Literal

from pydantic import Field

from gateway.web.api_v1.models import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import InstantParam, Number, RequestModel

MATCHERS = 'Matchers: `alertname="X"`, or several as `{team="billing", env=~"prod.*"}`.'


class SilencesQuery(RequestModel):
    """Selection of silences."""

    ended: bool = Field(
        default=False, description="Include those that ended in the last five days."
    )
    labels: str | None = Field(
        None,
        max_length=5000,
        description="Only those that silence an alert with these labels: "
        '`{alertname="X", team="billing"}`.',
    )


class SilencePreviewQuery(RequestModel):
    """Matchers to preview: `matchers`, or those of an `incident`."""

    matchers: str | None = Field(None, max_length=20_000, description=MATCHERS)
    incident: Number | None = None
    limit: int = Field(10, ge=0, le=500, description="How many of the alerts to show.")


class SilenceGiven(RequestModel):
    """A silence to create, or with `id` to update. Either `matchers` or an `incident`."""

    matchers: list[str] = Field(default=[], max_length=100, description=MATCHERS)
    incident: Number | None = Field(
        None,
        description="Silence this incident's alerts: its route and its group.",
    )
    starts_at: InstantParam | None = Field(None, description="Default: now.")
    ends_at: InstantParam
    gone_for: float | None = Field(
        None,
        gt=0,
        description="End the silence earlier, after so many seconds without a matching alert.",
    )
    created_by: str = Field(min_length=1, max_length=80)
    comment: str = Field(min_length=1, max_length=4000, description="Reason.")
    id: str = Field("", max_length=40)


class Silence(ResponseModel):
    """A silence."""

    id: str
    state: Literal["pending", "active", "expired"]
    matchers: list[str]
    starts_at: Instant
    ends_at: Instant
    gone_for: float | None = Field(
        description="Seconds without a matching alert after which the silence ends earlier."
    )
    created_by: PersonName
    comment: str
    annotations: dict[str, str]
    updated_at: Instant


class Silences(ResponseModel):
    """Silences, ordered by their end."""

    silences: list[Silence]


class SilencedAlert(ResponseModel):
    """A firing alert that would be silenced."""

    labels: dict[str, str]
    summary: str
    starts_at: Instant
    receivers: list[str]


class SilencePreview(ResponseModel):
    """Alerts that these matchers would silence now."""

    matchers: list[str]
    count: int = Field(description="Number of firing alerts.")
    alerts: list[SilencedAlert] = Field(description="The first `limit` of them.")

"""Models of the future of an alert: what would follow from it until it ends."""

from pydantic import Field

from gateway.web.api_v1.models.base import ResponseModel
from gateway.web.api_v1.models.route import RoutePreview


class FutureEvent(ResponseModel):
    """A line that the incident's timeline would have, beside its messages."""

    kind: str
    text: str


class FutureNotice(ResponseModel):
    """A message that would be sent."""

    reason: str
    kind: str
    channel: str
    account: str
    recipient: str = Field(description="The person and the contact, or the account and address.")
    person: str | None


class FutureRepetition(ResponseModel):
    """How often the same happens again."""

    every: float = Field(description="Seconds.")
    times: int
    until: str = Field(description="RFC 3339; the last time.")


class FutureMoment(ResponseModel):
    """All that would happen at one instant."""

    at: str = Field(description="RFC 3339.")
    after: float = Field(description="Seconds after the alert fires.")
    events: list[FutureEvent]
    notices: list[FutureNotice]
    again: FutureRepetition | None


class FutureIncident(ResponseModel):
    """An incident that the alert would open."""

    receiver: str
    group_labels: dict[str, str]
    moments: list[FutureMoment]


class FutureSilence(ResponseModel):
    """A silence that matches the alert while it fires."""

    id: str
    matchers: str
    starts_at: str
    ends_at: str
    created_by: str
    comment: str


class JoinedIncident(ResponseModel):
    """The open incident of the alert's group, which it would join."""

    number: int
    state: str
    receiver: str
    acknowledged_by: str | None


class AlertFuture(ResponseModel):
    """Everything that would follow from an alert if nobody acts."""

    labels: dict[str, str]
    at: str = Field(description="RFC 3339; when it fires.")
    lasts: float = Field(description="Seconds.")
    ends_at: str
    cut_at: str | None = Field(description="Too much falls due: played until then only.")
    timezone: str
    answer: list[str] = Field(description="The answer in short, as sentences.")
    route: RoutePreview
    silenced_by: list[FutureSilence]
    inhibited_by: list[dict[str, str]] = Field(description="Alerts that fire now.")
    joins: list[JoinedIncident]
    incidents: list[FutureIncident]

"""Models of the preview of a route: where an alert would go, and whom it would notify."""

from typing import Any, Literal

from pydantic import Field

from gateway.web.api_v1.models.base import ResponseModel


class PreviewTarget(ResponseModel):
    """A target; a secret address appears as the reference to it."""

    name: str
    recipient: str = Field(description="The person and the contact, or the account and address.")
    channel: str
    account: str
    address: str
    person: str | None
    cc: list[str]
    headers: dict[str, str] = Field(description="Headers that the file adds, not filled.")
    send_resolved: bool


class DeclaredTarget(ResponseModel):
    """The declared target of a target by label, and why the label does not choose another one."""

    target: PreviewTarget
    why: str


class PreviewContact(ResponseModel):
    """A contact of a person whom a step reaches, and when it is notified."""

    person: str
    name: str
    contact: str
    channel: str
    address: str
    at: str = Field(description="RFC 3339.")
    delay: float = Field(description="Seconds after the step.")
    quiet_hours: bool = Field(description="Whether it waits for the end of quiet hours.")
    usable: bool
    why_unusable: str | None


class PreviewLink(ResponseModel):
    """A link of routes.yaml, as a message about this alert would have it."""

    title: str
    url: str | None = Field(description="Null when it is left out.")
    omitted_because: str | None = Field(description="Why it is left out, such as a missing label.")


class PreviewStep(ResponseModel):
    """A step of the escalation, if nobody acknowledges before it."""

    step: int
    at: str = Field(description="RFC 3339.")
    after: float = Field(description="Seconds after the alert fires.")
    notify: list[str]
    by: list[str]
    wait: float
    targets: list[PreviewTarget] = Field(description="All that it notifies, at once or later.")
    direct: list[PreviewTarget] = Field(description="Those of receivers.")
    contacts: list[PreviewContact]
    missing: list[str] = Field(description="A sentence for each reference that reaches nobody.")
    round_robin: bool
    skipped: str | None = Field(description="Why its `when` does not hold.")


class PreviewMute(ResponseModel):
    """Why the route is muted."""

    kind: str
    names: str = Field(description="The time intervals.")


class PreviewRoute(ResponseModel):
    """A selected route, and what follows there. Intervals are in seconds."""

    route: str = Field(description="The route's id.")
    line: int | None
    receiver: str
    receiver_origin: str
    group_key: str
    group_labels: dict[str, str]
    labels: dict[str, str] = Field(description="Labels that the route adds.")
    runbook: str | None = Field(
        description="The file of the runbook by the alert's name, or its URL; null without one. "
        "The annotations of a real alert may name another."
    )
    title: str | None = Field(
        description="How a subject begins, by the severity; null without a title."
    )
    title_omitted_because: str | None = Field(
        description="Why the severity's title is not used, such as a missing label."
    )
    links: list[PreviewLink]
    group_wait: float
    group_interval: float
    repeat_interval: float
    respond_within: float | str | None
    respond_by: str | None
    repeats: str
    repeats_every: float
    origins: dict[str, str] = Field(description="What set each value.")
    muted: bool
    muted_by: str | None
    mute: PreviewMute | None
    mute_changes_at: str | None
    targets: list[PreviewTarget]
    declared_targets: list[DeclaredTarget]
    escalation: str | None
    steps: list[PreviewStep]
    repeat: int
    steps_begin_again_at: str | None
    steps_begin_again_after: float | None
    fallback: str


class PreviewSeverity(ResponseModel):
    """The severity of the alert; without a rank it is not declared."""

    name: str
    rank: int | None
    respond_by: str | None
    ack_expires: float


class Declares(ResponseModel):
    """What the file declares at all."""

    severities: bool
    teams: bool
    runbooks: bool


class PreviewRule(ResponseModel):
    """An inhibit rule; `equal` has a mapping where the names of the two sides differ."""

    name: str
    source_matchers: str
    target_matchers: str
    equal: list[str | dict[Literal["source", "target"], str]]


class TraceStep(ResponseModel):
    """A route of the tree that was tested, parents first."""

    route: str
    line: int | None
    depth: int
    matchers: str
    receiver: str
    go_on: bool = Field(alias="continue")
    matched: bool
    chosen: bool
    mismatch: str | None = Field(alias="why_not", description="Which matcher failed.")
    not_evaluated: int = Field(description="Routes below it that were not tested.")


class RoutePreview(ResponseModel):
    """Everything that is known in advance about an alert with these labels at an instant."""

    labels: dict[str, str]
    at: str = Field(description="RFC 3339.")
    timezone: str = Field(description="That of business_hours.")
    severity: PreviewSeverity
    urgent: bool
    team: str | None
    declares: Declares
    flapping: dict[str, Any] | None
    receivers: list[str]
    routes: list[PreviewRoute]
    may_be_inhibited_by: list[PreviewRule]
    inhibits: list[PreviewRule]
    trace: list[TraceStep]

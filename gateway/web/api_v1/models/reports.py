"""Models of reports. What each figure counts is defined in docs/numbers.md."""

from typing import Any, Literal

from pydantic import Field

from gateway.core.plan.report_settings import ReportKind
from gateway.core.report.selection import Dimension
from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import InstantParam, RequestModel


class ReportQuery(RequestModel):
    """The range of a report, and which incidents it is about."""

    start: InstantParam = Field(alias="from", description="Incidents that opened from then on.")
    end: InstantParam | None = Field(
        None, alias="to", description="Incidents that opened before then; default: now."
    )
    by: Literal["severity", "team", "rota", "receiver", "route", "alertname", "day"] | None = Field(
        None, description="Groups the figures by it."
    )
    team: str | None = Field(
        None, description="The id of a team; `none` for incidents without a team."
    )
    rota: str | None = Field(
        None, description="Incidents of the receivers whose escalation names this rota."
    )
    person: str | None = Field(
        None, description="Incidents with a message that reached this person; an id."
    )
    severity: str | None = None
    receiver: str | None = None
    route: str | None = Field(None, description="The id of a route.")
    alertname: str | None = None
    zone: str | None = Field(
        None, description="IANA zone of the days; default: that of business_hours."
    )
    compare: bool = Field(
        default=False, description="Compare with the range of the same length before it."
    )


class ScheduledReport(ResponseModel):
    """A report of routes.yaml that is sent on a schedule."""

    id: str = Field(description="Its key in routes.yaml.")
    kind: ReportKind
    title: str
    cron: str
    timezone: str
    receiver: str
    team: str | None
    last_at: Instant | None = Field(
        description="When the last one was due; null before the first round after it was declared."
    )
    next_at: Instant


class ScheduledReports(ResponseModel):
    """All scheduled reports."""

    reports: list[ScheduledReport]


class ReportPreview(ResponseModel):
    """A scheduled report as it would be sent now, about the time since the last one."""

    id: str
    subject: str
    text: str
    html: str
    content: dict[str, Any] = Field(description="What the message is made of.")


class DurationSpread(ResponseModel):
    """How durations spread, in seconds. Each figure is one of the durations (nearest rank)."""

    count: int
    median: float
    p90: float
    longest: float


class Figures(ResponseModel):
    """Figures of a set of incidents."""

    incidents: int
    open: int = Field(description="Not resolved yet.")
    messages: int = Field(description="Messages that a vendor accepted, without edits in place.")
    pages: int = Field(description="Messages to a person's contact that an incident fires.")
    acknowledged: int = Field(description="Acknowledged at least once.")
    missed: int = Field(description="Not acknowledged by the acknowledge-by time.")
    no_action: int = Field(description="Resolved, and nobody acted.")
    flapping: int = Field(description="Notified as flapping.")
    useful: int = Field(description="Marked as useful.")
    noise: int = Field(description="Marked as noise.")
    to_acknowledge: DurationSpread | None = Field(
        description="From the first accepted message to the first acknowledgement."
    )
    to_resolve: DurationSpread | None = Field(
        description="From the start of the first alert to the end of the last."
    )


class FiguresGroup(Figures):
    """Figures of the incidents with one value; an empty key for those without any."""

    key: str
    name: str = Field(description="The key as people know it.")


class SeverityFigures(FiguresGroup):
    """Figures of a severity, and how soon it must be acknowledged."""

    target: str | None = Field(description="Its `respond_within`; a route may have another.")


class ReportDay(ResponseModel):
    """A day of the range, perhaps a part of one, and its incidents."""

    day: str = Field(description="Its start, RFC 3339.")
    incidents: int


class TimeOnCall(ResponseModel):
    """The time that a person was on call. Nights are 22:00-07:00 in the person's zone."""

    seconds: float
    night_seconds: float
    weekend_seconds: float
    holiday_seconds: float
    shifts: int


class PersonFigures(ResponseModel):
    """What reached a person, and what they did.

    An interruption is an urgent message to the person; several within 5 minutes count once.
    """

    person: PersonName
    pages: int
    interruptions: int
    nights: int = Field(description="Interruptions from 22:00 to 07:00 in the person's zone.")
    weekends: int = Field(description="Interruptions on Saturdays and Sundays.")
    holidays: int = Field(description="Interruptions on holidays of business_hours.")
    off_hours: int = Field(description="Interruptions in any of these, each counted once.")
    interruptions_before: int | None = Field(description="In the range compared with.")
    acknowledged: int = Field(description="Incidents that the person acknowledged first.")
    to_acknowledge: DurationSpread | None
    on_call: TimeOnCall | None


class NoisyRoute(ResponseModel):
    """A route that sends an alert, and its line in routes.yaml; null if it was removed."""

    id: str
    line: int | None
    name: str


class NoisyAlert(Figures):
    """An alert, its figures, and the routes that send it, those of most messages first."""

    alertname: str
    routes: list[NoisyRoute]


class Report(ResponseModel):
    """Figures of the incidents that opened in a range."""

    start: str = Field(alias="from", description="RFC 3339.")
    end: str = Field(alias="to", description="RFC 3339.")
    zone: str
    deleted_before: str | None = Field(
        description="Incidents that were resolved before then are deleted, so they are missing."
    )
    totals: Figures
    before: Figures | None = Field(description="The totals of the range compared with.")
    by_severity: list[SeverityFigures] = Field(description="The most severe first.")
    by: Dimension | None
    groups: list[FiguresGroup]
    days: list[ReportDay]
    people: list[PersonFigures] = Field(description="The most interrupted first.")
    noisiest: list[NoisyAlert] = Field(description="At most ten, those of most messages first.")

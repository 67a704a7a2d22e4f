"""Models of the calendars that rotas and holidays read."""

from pydantic import Field

from gateway.core.plan.calendars import CalendarUse
from gateway.web.api_v1.models.base import Instant, ResponseModel
from gateway.web.api_v1.requests import RequestModel

_NAME = "How routes.yaml names it: a path, a public URL, or a reference such as `${CALENDAR}`."


class ConfirmedCalendar(RequestModel):
    """The calendar that lost its events on purpose, and the person who says so."""

    calendar: str = Field(min_length=1, max_length=3000, description=_NAME)
    by: str = Field(min_length=1, max_length=80)


class UnknownName(ResponseModel):
    """An event that names nobody in routes.yaml, so nobody is on call by it."""

    summary: str
    nearest: str | None = Field(description="The id of the person whose name is most like it.")


class Calendar(ResponseModel):
    """A calendar, and how reading it goes. While it is broken, its last good copy is used."""

    calendar: str = Field(description=_NAME)
    timezone: str = Field(description="The zone of its all-day events.")
    use: CalendarUse
    ok: bool
    error: str | None
    failing_since: Instant | None
    lost_events: bool = Field(
        description="It suddenly lost all or most of its future events, which is not believed yet."
    )
    read_at: Instant | None = Field(description="When it was last read well.")
    known_until: Instant | None = Field(description="Later nobody can say who is on call.")
    events: int
    unknown_names: list[UnknownName]
    problems: list[str] = Field(description="Events that were left out, and why.")


class Calendars(ResponseModel):
    """The calendars of routes.yaml, in its order."""

    calendars: list[Calendar]

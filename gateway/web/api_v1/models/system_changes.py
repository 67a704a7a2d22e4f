"""Models of changes of the watched systems."""

from typing import Annotated

from pydantic import Field

from gateway.core.incidents.system_change import (
    LONGEST_KEY,
    LONGEST_LINK,
    LONGEST_TITLE,
    MOST_LABELS,
)
from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import By, InstantParam, RequestModel

Labels = Annotated[dict[str, str], Field(max_length=MOST_LABELS)]


class SystemChangesQuery(RequestModel):
    """The time whose changes are listed: the last seven days without it."""

    start: InstantParam | None = Field(None, alias="from")
    end: InstantParam | None = Field(None, alias="to")


class NewSystemChange(By):
    """A deployment or another change of a watched system."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    at: InstantParam | None = Field(None, description="When it happened; now without it.")
    link: str = Field("", max_length=LONGEST_LINK, description="An http or https URL.")
    labels: Labels = Field(
        {},
        description="What it is about, such as service, team and environment. It is shown on "
        "incidents whose alerts share one of them and contradict none.",
    )
    status: str = Field("", max_length=40, description="Such as `success`.")
    key: str = Field(
        "",
        max_length=LONGEST_KEY,
        description="The sender's id: a later report of the same key replaces the change.",
    )


class SystemChange(ResponseModel):
    """A change of a watched system."""

    id: int
    at: Instant
    title: str
    link: str
    labels: dict[str, str]
    status: str
    created_at: Instant = Field(description="When it was first reported.")
    created_by: PersonName
    via: str
    incidents: int = Field(
        description="How many incidents began within an hour after it, and after no later change "
        "that they show."
    )


class SystemChanges(ResponseModel):
    """Changes, the latest first."""

    changes: list[SystemChange]

"""Models of recordings. What an entry has is in docs/simulate.md."""

from typing import Any

from pydantic import Field

from gateway.simulate.stored import FIRST
from gateway.web.api_v1.models.base import ResponseModel
from gateway.web.api_v1.requests import InstantParam, RequestModel


class RecordingQuery(RequestModel):
    """The span to record, and the page."""

    start: InstantParam = Field(alias="from", description="What happened then or later.")
    end: InstantParam | None = Field(
        None, alias="to", description="What began before then; default: now."
    )
    cursor: str = Field(
        FIRST,
        max_length=40,
        pattern=r"^(alerts|actions|rest):\d{1,18}$",
        description="`next` of the page before.",
    )


class RecordingPage(ResponseModel):
    """A part of a recording."""

    entries: list[dict[str, Any]] = Field(
        description="Each with one key, its kind: alert, action, silence or change."
    )
    next: str | None = Field(description="The cursor of the next page; null for the last page.")

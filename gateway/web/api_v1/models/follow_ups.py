"""Models of follow-up items, and of the story of an incident."""

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import By, InstantParam, RequestModel


class FollowUp(ResponseModel):
    """Something to do after the end of an incident."""

    id: int
    incident: int
    text: str
    owner: PersonName | None = Field(description="Who does it; null for nobody yet.")
    due_at: Instant | None
    created_at: Instant
    created_by: PersonName
    done_at: Instant | None = Field(description="Null while it is open.")
    done_by: PersonName | None


class FollowUpList(ResponseModel):
    """Follow-up items."""

    follow_ups: list[FollowUp]


class FollowUpQuery(RequestModel):
    """Selection of open items."""

    owner: str | None = Field(None, description="The id of a person.")


class NewFollowUp(By):
    """A new item."""

    text: str = Field(min_length=1, max_length=500)
    owner: str = Field("", max_length=80, description="The id of the person who does it.")
    due_at: InstantParam | None = None


class FollowUpDone(By):
    """Whether an item is done."""

    done: bool = True


class FollowUpChange(By):
    """What changes of an item; what is left out stays as it is."""

    text: str | None = Field(None, min_length=1, max_length=500)
    owner: str | None = Field(
        None, max_length=80, description="The id of the person who does it; empty for nobody yet."
    )
    due_at: InstantParam | None = None
    no_due: bool = Field(default=False, description="Removes the date.")


class Story(ResponseModel):
    """The whole story of an incident."""

    markdown: str

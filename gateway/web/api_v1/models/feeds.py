"""Models of calendar feeds."""

from typing import Literal

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, ResponseModel
from gateway.web.api_v1.requests import RequestModel

_SUBJECT = "`rota:NAME` or `person:ID`."


class FeedsQuery(RequestModel):
    """Selection of one feed; all without it."""

    subject: str | None = Field(None, max_length=200, description=_SUBJECT)


class RevokedFeed(RequestModel):
    """The feed whose URLs are revoked, and the person who does it."""

    subject: str = Field(min_length=1, max_length=200, description=_SUBJECT)
    by: str = Field(min_length=1, max_length=80)


class Feed(ResponseModel):
    """A calendar feed of the shifts of a rota or a person."""

    subject: str = Field(description=_SUBJECT)
    kind: Literal["rota", "person"]
    name: str
    url: str | None = Field(
        description="The address to subscribe to. It lets anyone read the feed, so it is null for "
        "clients without write access."
    )
    revoked_at: Instant | None = Field(description="When the URLs before this one were revoked.")
    revoked_by: str | None


class Feeds(ResponseModel):
    """All feeds: those of rotas, then those of people."""

    feeds: list[Feed]

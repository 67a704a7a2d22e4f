"""Models of sources."""

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, ResponseModel


class Refusal(ResponseModel):
    """A request of a source that was refused."""

    at: Instant
    status: int
    error: str


class Source(ResponseModel):
    """Who may post, and how it goes."""

    name: str
    type: str
    path: str
    credentials: list[str] = Field(description="Their kinds; empty: anyone may post.")
    labels: dict[str, str]
    last_post_at: Instant | None = Field(description="The last accepted post, to any replica.")
    posts_last_hour: int = Field(description="Accepted by the replica that answers.")
    expect_every: float | None = Field(description="Seconds.")
    silent: bool = Field(description="Whether it has been silent for longer than `expect_every`.")
    refusals: int = Field(description="Refused requests among the last 500 of all sources.")
    last_refusal: Refusal | None


class Sources(ResponseModel):
    """All sources of routes.yaml."""

    sources: list[Source]

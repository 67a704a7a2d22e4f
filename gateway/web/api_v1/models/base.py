"""Base of the response models, instants, and models that all subjects share.

Instants are RFC 3339 in UTC. Lists are paged: `next` is the `cursor` of the following page.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from gateway.core.time.timestamps import format_rfc3339


def _rfc3339(t: float) -> str:
    return format_rfc3339(t, milliseconds=t != int(t))


Instant = Annotated[
    float,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class ResponseModel(BaseModel):
    """Base of response models."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Fault(ResponseModel):
    """A fault of one field."""

    model_config = ConfigDict(frozen=True, extra="allow")

    field: str | None = None
    message: str | None = None


class Error(ResponseModel):
    """The body of any response that is not 2xx."""

    error: str
    detail: list[Fault]


class TeamName(ResponseModel):
    """A team's id and name. For a team that is not in routes.yaml both are the same."""

    id: str
    name: str


class PersonName(ResponseModel):
    """A person's id and name. For a person who is not in routes.yaml both are the same."""

    id: str
    name: str

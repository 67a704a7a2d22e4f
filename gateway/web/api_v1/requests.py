"""Models of query parameters and request bodies."""

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from gateway.core.time.timestamps import parse_time
from gateway.store.queries.urgent import Cursor


def _instant(value: object) -> float:
    if not isinstance(value, str):
        raise ValueError("an instant is a text like 2026-11-20T03:00:00Z")
    instant = parse_time(value)
    if instant is None:
        raise ValueError("the year 1 is not valid: write an instant like 2026-11-20T03:00:00Z")
    return instant


InstantParam = Annotated[
    float,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _cursor(value: object) -> Cursor:
    if not isinstance(value, str):
        raise ValueError("a cursor is a text")
    return Cursor.parse(value)


CursorParam = Annotated[
    Cursor,
    PlainValidator(_cursor),
    WithJsonSchema({"type": "string", "description": "`next` of the page before."}),
]


Number = Annotated[int, Field(ge=0, le=10**15)]
"""Number of an incident or a message; the bound is below the largest integer of databases."""


class RequestModel(BaseModel):
    """Base of query and body models. An unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IncidentsQuery(RequestModel):
    """Selection of incidents."""

    state: Literal["firing", "suppressed", "acknowledged", "resolved", "open"] | None = Field(
        None,
        description="`firing` includes suppressed incidents, `suppressed` is only those, `open` "
        "is all except resolved ones.",
    )
    receiver: str | None = None
    team: str | None = Field(
        None, description="The id of a team; `none` for incidents without a team."
    )
    severity: str | None = None
    test: bool | None = Field(None, description="`true`: only tests; `false`: all others.")
    q: str | None = Field(None, max_length=200, description="In title, group labels or receiver.")
    limit: int = Field(50, ge=1, le=500)
    cursor: CursorParam | None = None


class PageQuery(RequestModel):
    """Selection of a list's page."""

    limit: int = Field(50, ge=1, le=500)
    cursor: Number | None = None


class LatestQuery(RequestModel):
    """Length of a list."""

    limit: int = Field(100, ge=1, le=1000)


class OnCallQuery(RequestModel):
    """Selection of a rota and a time: `at` an instant (default: now), or `from` and `to`."""

    rota: str | None = None
    at: InstantParam | None = None
    start: InstantParam | None = Field(None, alias="from")
    end: InstantParam | None = Field(None, alias="to")


class ProofQuery(RequestModel):
    """The length of a proof, which begins now."""

    seconds: int = Field(8 * 7 * 86400, ge=3600, le=366 * 86400)


class NoQuery(RequestModel):
    """No parameters."""


class By(RequestModel):
    """The person who acts: an id, or any name; a program acts as `program:NAME`."""

    by: str = Field(
        validation_alias=AliasChoices("as", "by"),
        min_length=1,
        max_length=80,
        description="Who acts. The shared API token does not prove it, so it is recorded as not "
        "verified. `by` is accepted as well.",
    )


class NoticeIds(RequestModel):
    """Selection of notices."""

    ids: list[Number] = Field(min_length=1, max_length=1000)

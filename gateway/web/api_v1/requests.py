"""What the API is asked: query parameters and bodies, as models."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from gateway.core.time.timestamps import parse_time
from gateway.store.queries.urgent import Cursor


def _instant(given: object) -> float:
    if not isinstance(given, str):
        raise ValueError("an instant is a text like 2026-11-20T03:00:00Z")
    instant = parse_time(given)
    if instant is None:
        raise ValueError("the year 1 is no instant: write one like 2026-11-20T03:00:00Z")
    return instant


InstantParam = Annotated[
    float,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _cursor(given: object) -> Cursor:
    if not isinstance(given, str):
        raise ValueError("a cursor is a text")
    return Cursor.parse(given)


CursorParam = Annotated[
    Cursor,
    PlainValidator(_cursor),
    WithJsonSchema({"type": "string", "description": "`next` of the page before."}),
]


Number = Annotated[int, Field(ge=0, le=10**15)]
"""Of an incident or a message. No database gives out larger ones, and none takes any number."""


class RequestModel(BaseModel):
    """Something the API is given. What it does not know is an error, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IncidentsQuery(RequestModel):
    """Which incidents."""

    state: Literal["firing", "suppressed", "acknowledged", "resolved", "open"] | None = Field(
        None,
        description="`firing` includes suppressed incidents, `suppressed` are only these, `open` "
        "are all but the resolved.",
    )
    receiver: str | None = None
    severity: str | None = None
    q: str | None = Field(None, max_length=200, description="In title, group labels or receiver.")
    limit: int = Field(50, ge=1, le=500)
    cursor: CursorParam | None = None


class PageQuery(RequestModel):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=500)
    cursor: Number | None = None


class LatestQuery(RequestModel):
    """How much of a list."""

    limit: int = Field(100, ge=1, le=1000)


class OnCallQuery(RequestModel):
    """Which rota and when: `at` an instant (default: now), or `from` and `to`."""

    rota: str | None = None
    at: InstantParam | None = None
    start: InstantParam | None = Field(None, alias="from")
    end: InstantParam | None = Field(None, alias="to")


class NoQuery(RequestModel):
    """No parameters."""


class By(RequestModel):
    """Who acts: the id of a person, or any name."""

    by: str = Field(min_length=1, max_length=80)


class Undo(By):
    """Who undoes an acknowledgement, and whether it goes back to the former holder."""

    back: bool = Field(
        False,
        description="Undo a take-over: whoever it was taken from has it again, until their own "
        "acknowledgement expires. Only within ten minutes.",
    )


class Take(By):
    """Who takes an incident over, and from whom."""

    holder: str | None = Field(
        None,
        alias="from",
        min_length=1,
        max_length=80,
        description="The id of the person who has it. Refused with 409 if another person has it by "
        "now. Without it, an acknowledgement of the last minute is not taken over.",
    )


class NoticeIds(RequestModel):
    """Which notices."""

    ids: list[Number] = Field(min_length=1, max_length=1000)

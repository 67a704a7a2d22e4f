"""Models of swaps of shifts: queries, bodies and responses."""

from pydantic import ConfigDict, Field

from gateway.core.oncall.swaps import SwapState
from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.models.changes import Actor, Effect
from gateway.web.api_v1.requests import By, InstantParam, RequestModel


class SwapsQuery(RequestModel):
    """Selection of swaps."""

    person: str | None = Field(None, description="Only those of this person, on either side.")
    ended: bool = Field(default=False, description="Also those whose shifts are over.")


class ShiftChosen(RequestModel):
    """A shift: the whole one that contains `from`, or with `to` this part of it."""

    start: InstantParam = Field(alias="from")
    end: InstantParam | None = Field(None, alias="to")


class SwapRequested(By):
    """A request of the person `as` to the person `with`."""

    rota: str = Field(max_length=200)
    other: str = Field(alias="with", max_length=80, description="The person who is asked.")
    gives: ShiftChosen = Field(description="The shift that the other person would take.")
    takes: ShiftChosen | None = Field(
        None, description="The shift of the other person in return; null: nothing."
    )
    why: str = Field("", max_length=1000, description="The reason, for the other person.")


class SwapAnswered(By):
    """The person who answers a swap."""


class SwappedShift(ResponseModel):
    """A time span on call."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")


class Swap(ResponseModel):
    """A swap of shifts between two people."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: int
    state: SwapState
    rota: str
    timezone: str
    person: PersonName = Field(description="The person who asks.")
    other: PersonName = Field(
        serialization_alias="with", description="The person who is asked, and confirms."
    )
    gives: SwappedShift
    takes: SwappedShift | None
    by: Actor
    why: str
    created_at: Instant
    expires_at: Instant = Field(description="When it cannot be accepted any more.")
    answered_by: Actor | None
    answered_at: Instant | None
    reason: str = Field(description="Why it is void; empty otherwise.")


class SwapDone(ResponseModel):
    """A swap after a request or an answer, and where other people are on call by it."""

    swap: Swap
    effects: list[Effect]


class Swaps(ResponseModel):
    """Swaps, in the order in which they were asked for."""

    swaps: list[Swap]

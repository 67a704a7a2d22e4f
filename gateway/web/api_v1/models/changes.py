"""Models of changes of rotas at run time: queries, bodies and responses."""

from typing import Literal

from pydantic import ConfigDict, Field

from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import By, InstantParam, Number, RequestModel

_ANYWAY = "Make it even if a rota then reaches nobody in some stretch."


class ChangesQuery(RequestModel):
    """Selection of changes."""

    rota: str | None = Field(None, description="Only those that apply to this rota.")
    person: str | None = Field(None, description="Only those that name this person.")
    ended: bool = Field(default=False, description="Also those that are over.")


class ShiftGiven(RequestModel):
    """One shift of a temporary schedule."""

    person: str = Field(max_length=80)
    start: InstantParam | None = Field(None, alias="from", description="Default: now.")
    end: InstantParam = Field(alias="to")


class ChangeGiven(By):
    """A change to make, with the keys of an override in routes.yaml.

    `person` alone takes over from anyone; with `replaces` only where that person would be on call;
    with `beside` they are notified as well. `replaces` alone is somebody who is away, without
    `rota` in every rota. Without `person` and `replaces` nobody is on call. Or give `shifts` of a
    temporary schedule of one rota, which are made together.
    """

    rota: str | None = Field(None, max_length=200)
    person: str | None = Field(None, max_length=80)
    replaces: str | None = Field(None, max_length=80)
    beside: bool = False
    start: InstantParam | None = Field(None, alias="from", description="Default: now.")
    end: InstantParam | None = Field(None, alias="to", description="Required without `shifts`.")
    shifts: list[ShiftGiven] = Field(default=[], max_length=100)
    why: str = Field("", max_length=1000, description="The reason, for other people.")
    anyway: bool = Field(default=False, description=_ANYWAY)
    dry_run: bool = Field(default=False, description="Only answer what it would change.")


class ChangesRemoved(By):
    """Changes to remove, all of them or none."""

    ids: list[Number] = Field(min_length=1, max_length=100)
    why: str = Field("", max_length=1000)
    anyway: bool = Field(default=False, description=_ANYWAY)


class RemoveQuery(By):
    """Who removes a change, and why."""

    why: str = Field("", max_length=1000)
    anyway: bool = Field(default=False, description=_ANYWAY)


class Actor(ResponseModel):
    """Who acted, by which means, and whether the means proves it."""

    kind: Literal["person", "program", "vendor", "system"]
    id: str
    name: str
    via: str
    verified: bool


class Change(ResponseModel):
    """A change of a rota, made at run time."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: int = Field(description="0 in the answer to a dry run.")
    state: Literal["pending", "active", "ended", "void"]
    rota: str | None = Field(description="Null: every rota.")
    what: str = Field(description='In a few words: "Ben instead of Ana".')
    person: PersonName | None
    replaces: PersonName | None
    beside: bool
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    by: Actor
    why: str
    created_at: Instant
    void_reason: str | None
    voided_at: Instant | None
    voided_by: Actor | None


class Effect(ResponseModel):
    """A time span in which other people are on call than before."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    rota: str
    timezone: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    before: list[PersonName]
    after: list[PersonName]


class ChangesMade(ResponseModel):
    """Changes that were made or removed, and what follows for who is on call."""

    changes: list[Change]
    effects: list[Effect]


class Changes(ResponseModel):
    """Changes, ordered by their start."""

    changes: list[Change]

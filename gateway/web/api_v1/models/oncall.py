"""Models of rotas and of the people on call."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from gateway.core.oncall.shifts import ShiftSource
from gateway.core.proof.findings import FindingKind
from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.models.changes import Change


class Duty(ResponseModel):
    """The people on call in a rota at an instant."""

    rota: str
    timezone: str
    at: Instant
    on_call: list[PersonName]
    by: str | None = Field(description="The layer, override or run-time change that decides.")
    since: Instant | None
    until: Instant | None
    next: PersonName | None = Field(description="The first of next_people.")
    next_people: list[PersonName] = Field(description="Everybody on call from `until` on.")
    unknown: bool = Field(
        description="Nobody can say who is on call, because a calendar is not known at that time."
    )
    next_unknown: bool = Field(description="The same from `until` on.")


class Shift(ResponseModel):
    """A time span with the same people on call; an empty list if nobody is."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    rota: str
    timezone: str
    start: Instant = Field(serialization_alias="from")
    end: Instant = Field(serialization_alias="to")
    on_call: list[PersonName]
    by: str | None
    source: ShiftSource = Field(
        description="`recorded` as it happened, `reconstructed` if it began while no gateway ran, "
        "or calculated from the `schedule` in force: the future, and the past before the records."
    )
    unknown: bool = Field(
        description="Nobody can say who is on call, because a calendar is not known at that time."
    )


class Turns(ResponseModel):
    """The layers of a rota with their turns, and its run-time changes, in Unix seconds."""

    turns: dict[str, Any]
    changes: list[dict[str, Any]]


class RotaTurns(ResponseModel):
    """The turns of all rotas by name."""

    rotas: dict[str, Turns]


class TimeSpan(ResponseModel):
    """A stretch of time; its end is excluded."""

    start: str = Field(alias="from", description="RFC 3339.")
    end: str = Field(alias="to", description="RFC 3339.")


class ProofFinding(ResponseModel):
    """A way in which an urgent alert could reach nobody, or a probable mistake in a rota."""

    kind: FindingKind
    level: Literal["error", "warning"]
    text: str = Field(description="The finding in one sentence.")
    rota: str | None
    route: str | None = Field(description="The route's id.")
    escalation: str | None
    person: PersonName | None
    spans: list[TimeSpan] = Field(description="When; empty if always. At most 1,000.")
    total_seconds: float = Field(description="The length of all times, also of those omitted.")


class ProofShare(ResponseModel):
    """A person's share of the duty. Nights (22:00-07:00) are those of the person's zone."""

    person: PersonName
    seconds: float
    night_seconds: float
    weekend_seconds: float
    holiday_seconds: float
    shifts: int


class Proof(ResponseModel):
    """The proof of rotas, escalations and routes over a time span."""

    start: str = Field(alias="from", description="RFC 3339.")
    end: str = Field(alias="to", description="RFC 3339.")
    ok: bool = Field(description="Whether no finding is an error.")
    findings: list[ProofFinding] = Field(description="Errors first.")
    shares: list[ProofShare] = Field(description="Of all rotas together, the largest first.")
    shares_by_rota: dict[str, list[ProofShare]]


class Holiday(ResponseModel):
    """A day on which `workdays` restrictions do not apply and no acknowledgement is expected."""

    date: date
    name: str


class OnCall(ResponseModel):
    """The people on call: at an instant (`duty`), or over a time span (`shifts`)."""

    duty: list[Duty]
    shifts: list[Shift]
    changes: list[Change] = Field(
        default=[],
        description="Changes made at run time that apply then; `by` names them by their id.",
    )
    holidays: list[Holiday] = Field(
        default=[], description="Holidays of business_hours in the time span of the shifts."
    )


class Rota(ResponseModel):
    """A rota and its members."""

    name: str
    timezone: str
    members: list[PersonName]
    layers: int
    overrides: int
    gaps_allowed: bool


class Rotas(ResponseModel):
    """All rotas."""

    rotas: list[Rota]

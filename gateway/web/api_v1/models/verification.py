"""Models of verifications. What each promise means is in docs/verify.md."""

from typing import Any

from pydantic import Field

from gateway.core.verify.promise import Check, Promise
from gateway.web.api_v1.models.base import ResponseModel
from gateway.web.api_v1.requests import InstantParam, RequestModel


class VerifyQuery(RequestModel):
    """The span to verify."""

    start: InstantParam = Field(
        alias="from", description="Incidents that were open then or later, and alerts."
    )
    end: InstantParam | None = Field(
        None, alias="to", description="Incidents that opened before then; default: now."
    )


class VerifyRequested(RequestModel):
    """The span to verify, to be stored as the last result."""

    start: InstantParam = Field(alias="from")
    end: InstantParam | None = Field(None, alias="to", description="Default: now.")


class VerificationsQuery(RequestModel):
    """Length of the list."""

    limit: int = Field(10, ge=1, le=60)


class VerifiedSpan(ResponseModel):
    """A span of time, its end excluded."""

    start: str = Field(alias="from", json_schema_extra={"format": "date-time"})
    end: str = Field(alias="to", json_schema_extra={"format": "date-time"})


class Checked(ResponseModel):
    """How much was checked."""

    alerts: int
    incidents: int
    notices: int


class BrokenPromise(ResponseModel):
    """One point of stored history where a promise does not hold."""

    promise: Promise
    promised: str = Field(description="The promise as a sentence.")
    check: Check
    at: str = Field(
        description="When it should have held.", json_schema_extra={"format": "date-time"}
    )
    incident: int | None
    notice: int | None = Field(description="The id of a message.")
    subject: str = Field(description="The name of a target, or an alert's labels; may be empty.")
    what: str
    action: str = Field(description="What to do about it.")


class Verification(VerifiedSpan):
    """The result of verifying a span."""

    verified_at: str = Field(json_schema_extra={"format": "date-time"})
    checked: Checked
    missing: int = Field(description="How many promises do not hold; 0 is good.")
    by_promise: dict[Promise, int]
    broken: list[BrokenPromise]
    not_listed: int = Field(description="Broken promises that are counted and not listed.")
    deleted_before: str | None = Field(
        description="Incidents that were resolved before then are deleted; null if none of the "
        "span can be missing.",
        json_schema_extra={"format": "date-time"},
    )
    downtimes: list[VerifiedSpan] = Field(
        description="When no gateway worked; what waited for its end is not late."
    )


class Verifications(ResponseModel):
    """The last stored results, the latest first."""

    verifications: list[Verification]


def verification_model(values: dict[str, Any]) -> Verification:
    """Return the model of a result as JSON values."""
    return Verification.model_validate(values)

"""Endpoint `GET /explain/if`: the future of an alert that was not seen yet."""

from pydantic import Field

from gateway.flow.engine import Engine
from gateway.virtual.future import LASTS, LONGEST
from gateway.virtual.future_json import future_json
from gateway.web.api_v1.label_parameter import label_parameter
from gateway.web.api_v1.models.future import AlertFuture
from gateway.web.api_v1.requests import InstantParam, RequestModel
from gateway.web.explain.future import BusyError, future_of
from gateway.web.http.errors import RequestError


class ExplainIfQuery(RequestModel):
    """The labels of an alert, when it fires, and for how long."""

    labels: str = Field(max_length=5000, description="As `gateway route` prints them.")
    at: InstantParam | None = Field(None, description="Now by default.")
    lasts: float = Field(LASTS, ge=1, le=LONGEST, description="Seconds until it is resolved.")


async def explain_if(engine: Engine, query: ExplainIfQuery) -> AlertFuture:
    """Show everything that would follow from an alert with these labels, until it ends."""
    labels, plan = label_parameter(query.labels), engine.plan
    try:
        future = await future_of(engine, labels, query.at, query.lasts)
    except BusyError as error:
        raise RequestError(503, str(error), headers={"Retry-After": "5"}) from None
    except ValueError as error:
        detail = [{"field": "at", "message": str(error)}]
        raise RequestError(422, "a parameter is invalid", detail) from None
    return AlertFuture.model_validate(future_json(plan, future))

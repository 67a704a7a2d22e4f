"""Endpoint `GET /route`: where an alert would go, by the plan in force."""

import asyncio
from typing import Any

from pydantic import Field

from gateway.core.decide.route_preview import preview_route
from gateway.core.plan.plan import Plan
from gateway.flow.engine import Engine
from gateway.render.view.route_preview import route_preview_json
from gateway.web.api_v1.label_parameter import label_parameter
from gateway.web.api_v1.models.route import RoutePreview
from gateway.web.api_v1.requests import InstantParam, RequestModel
from gateway.web.http.errors import RequestError


class RouteQuery(RequestModel):
    """The labels of an alert, and when it fires."""

    labels: str = Field(description="As `gateway route` prints them.")
    at: InstantParam | None = Field(None, description="Now by default.")


async def route(engine: Engine, query: RouteQuery) -> RoutePreview:
    """Preview where an alert with these labels goes, who would be notified, and why."""
    labels, plan = label_parameter(query.labels), engine.plan
    at = engine.now() if query.at is None else query.at
    try:
        # In a thread: ten thousand routes take longer than alerts may wait for the event loop.
        values = await asyncio.to_thread(_values, plan, labels, at)
    except ValueError as error:  # an instant near the end of time
        detail = [{"field": "at", "message": str(error)}]
        raise RequestError(422, "a parameter is invalid", detail) from None
    return RoutePreview.model_validate(values)


def _values(plan: Plan, labels: dict[str, str], at: float) -> dict[str, Any]:
    return route_preview_json(plan, preview_route(plan, labels, at))

"""The gateway's own JSON API, /api/v1."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gateway.web.api_v1.endpoints import ENDPOINTS, Endpoint
from gateway.web.api_v1.openapi import PATH, document
from gateway.web.http.access import has_write_access, require_read_access, require_write_access
from gateway.web.http.bodies import expect_json, read_body
from gateway.web.http.errors import Handler, RequestError, json_response
from gateway.web.http.keys import ENGINE

LARGEST_BODY = 64 * 1024

MOST_FAULTS = 100
"""Bounds the faults listed in one answer; a body of 64 KiB can have many."""


def handler_of(endpoint: Endpoint) -> Handler:
    """Return the endpoint's handler: it parses query and body, and answers with a model."""

    async def handle(request: web.Request) -> web.StreamResponse:
        arguments: list[Any] = [request.app[ENGINE], _parse_query(endpoint, request)]
        if endpoint.has_number:
            arguments.append(_number(request.match_info["number"]))
        if endpoint.has_id:
            arguments.append(request.match_info["id"])
        if endpoint.body is not None:
            expect_json(request)
            arguments.append(_parse_body(endpoint, await read_body(request, LARGEST_BODY)))
        options = {"trusted": has_write_access(request)} if endpoint.needs_trust else {}
        answer = await endpoint.handler(*arguments, **options)
        return model_response(answer)

    return require_write_access(handle) if endpoint.is_write else require_read_access(handle)


def model_response(answer: BaseModel | bytes) -> web.Response:
    """Return a model, or a model's JSON, as a response that no cache stores."""
    body = answer if isinstance(answer, bytes) else answer.model_dump_json(by_alias=True).encode()
    return web.Response(
        body=body,
        content_type="application/json",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _parse_query(endpoint: Endpoint, request: web.Request) -> BaseModel:
    repeated = [name for name in request.query if len(request.query.getall(name)) > 1]
    if repeated:
        detail = [{"field": repeated[0], "message": "given more than once"}]
        raise RequestError(422, "a parameter is invalid", detail)
    try:
        return endpoint.query.model_validate(dict(request.query))
    except ValidationError as error:
        raise RequestError(422, "a parameter is invalid", faults(error)) from None


def _parse_body(endpoint: Endpoint, body: bytes) -> BaseModel:
    assert endpoint.body is not None
    try:
        return endpoint.body.model_validate_json(body)
    except ValidationError as error:
        malformed = any(one["type"] == "json_invalid" for one in error.errors())
        text = "the body is not JSON" if malformed else "a field of the body is invalid"
        raise RequestError(400 if malformed else 422, text, faults(error)) from None


def faults(error: ValidationError) -> list[dict[str, str]]:
    """Return pydantic's errors as a detail, without the values, which may be secret."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {"field": ".".join(map(str, one["loc"])), "message": one["msg"]}
        for one in errors[:MOST_FAULTS]
    ]


def _number(text: str) -> int:
    return int(text) if len(text) <= 15 else 0


async def _openapi(request: web.Request) -> web.StreamResponse:
    return json_response(document())


def add_routes(app: web.Application) -> None:
    """Add every endpoint of the table, and the document that describes them."""
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{number}", r"{number:\d+}")
        app.router.add_route(endpoint.method, path, handler_of(endpoint))
    app.router.add_get(PATH, _openapi)

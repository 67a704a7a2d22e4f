"""The OpenAPI document, made from the table of endpoints and their models."""

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from gateway import __version__
from gateway.web.api_v1 import models
from gateway.web.api_v1.endpoints import ENDPOINTS, Endpoint

PATH = "/api/v1/openapi.json"

_ERROR_TEXTS = {
    400: "The request is malformed.",
    401: "The API token is missing or wrong.",
    403: "Not allowed from here.",
    404: "Not parameters.",
    409: "Its state does not allow that.",
    415: "The body is not application/json.",
    422: "A field is invalid; the detail names it.",
    503: "The database cannot be reached; try again after Retry-After seconds.",
}


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every endpoint."""
    answers = {endpoint.response for endpoint in ENDPOINTS} | {models.Error}
    bodies = {endpoint.body for endpoint in ENDPOINTS if endpoint.body}
    _, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(answers, key=lambda m: m.__name__)]
        + [(model, "validation") for model in sorted(bodies, key=lambda m: m.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    paths[PATH] = {"get": _own_operation()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Alert gateway",
            "version": __version__,
            "description": "Incidents, silences, who is on call, and the gateway's own state.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": {
            "200": {
                "description": (endpoint.response.__doc__ or "").strip(),
                "content": _content(endpoint.response.__name__),
            },
            **{
                str(status): {"description": _ERROR_TEXTS[status], "content": _content("Error")}
                for status in sorted({401, 403, 422, 503, *endpoint.errors})
            },
        },
    }
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(endpoint.body.__name__)}
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if endpoint.has_number:
        schema = {"type": "integer", "minimum": 0}
        parameters.append({"name": "number", "in": "path", "required": True, "schema": schema})
    if endpoint.has_id:
        text = {"type": "string"}
        parameters.append({"name": "id", "in": "path", "required": True, "schema": text})
    query_schema = endpoint.query.model_json_schema(by_alias=True)
    properties, required = query_schema.get("properties", {}), query_schema.get("required", ())
    for name, schema in properties.items():
        parameter = {"name": name, "in": "query", "required": name in required, "schema": schema}
        if "description" in schema:
            parameter["description"] = schema["description"]
        parameters.append(parameter)
    return parameters


def _own_operation() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This document.",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": content}},
    }


def _content(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

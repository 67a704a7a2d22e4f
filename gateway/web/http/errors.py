"""Errors as JSON of one shape: {"error": text, "detail": [{"field": …, "message": …}]}."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from gateway.core.errors import GatewayError
from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError

log = logging.getLogger(__name__)

Detail = Sequence[Mapping[str, Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_STORE = 5
"""Seconds of `Retry-After` when the database cannot be reached."""

RETRY_LOAD = 1
"""Seconds of `Retry-After` when too many requests wait for the database."""

_TEXTS = {
    400: "the request is not valid HTTP",
    404: "there is nothing here",
    405: "this method is not allowed here",
    413: "the request is too large",
    415: "this kind of content is not accepted",
}


class RequestError(GatewayError):
    """A request that is answered with an error: status, text, detail and headers."""

    def __init__(
        self,
        status: int,
        error: str,
        detail: Detail = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.detail = detail
        self.headers = headers or {}


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return a JSON response."""
    return web.Response(
        body=orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


def error_response(
    status: int, error: str, detail: Detail = (), headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return an error response in the shape that all errors have."""
    return json_response({"error": error, "detail": list(detail)}, status, headers)


def unavailable(error: StoreUnavailableError | OverloadedError) -> web.Response:
    """Return 503 with `Retry-After`: nothing was saved or read."""
    if isinstance(error, OverloadedError):
        text, pause = "too many requests wait for the database", RETRY_LOAD
    else:
        text, pause = "the database cannot be reached", RETRY_STORE
    return error_response(503, text, [{"message": str(error)}], {"Retry-After": str(pause)})


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a handler's exceptions into error responses; log unknown ones and answer 500."""
    try:
        return await handler(request)
    except RequestError as error:
        return error_response(error.status, error.error, error.detail, error.headers)
    except (StoreUnavailableError, OverloadedError) as error:
        return unavailable(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        text = _TEXTS.get(error.status, error.reason.lower())
        return error_response(error.status, text, (), allow)
    except (web.RequestPayloadError, ConnectionResetError):
        return error_response(400, "the request ended early, or its transfer coding is broken")
    except Exception:
        # The id leads from a user's screenshot to the log. The error's own text may hold a secret.
        error_id = secrets.token_hex(4)
        log.exception("request failed", extra={"error_id": error_id, "route": route_of(request)})
        return error_response(
            500, "internal error: the log has more under this error_id", [{"error_id": error_id}]
        )


def route_of(request: web.Request) -> str:
    """Return the route's pattern, such as /ack/{token}: unlike the path, it is safe to log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(unknown)"

"""Every error is JSON of one shape: {"error": what, "detail": [where and why]}."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError

log = logging.getLogger(__name__)

Detail = Sequence[Mapping[str, Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_STORE = 5
"""Seconds after which a client may try again when nothing could be saved."""

RETRY_LOAD = 1
"""Seconds after which a client may try again when too much waited to be saved."""

_TEXTS = {
    400: "the request is not valid HTTP",
    404: "there is nothing here",
    405: "this method is not allowed here",
    413: "the request is too large",
    415: "this kind of content is not accepted",
}


class RequestError(Exception):
    """The request cannot be served as it is."""

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
    """A value as JSON, written by orjson."""
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
    """The one shape of an error."""
    return json_response({"error": error, "detail": list(detail)}, status, headers)


def unavailable(error: StoreUnavailableError | OverloadedError) -> web.Response:
    """503: nothing was saved, come again."""
    if isinstance(error, OverloadedError):
        said, pause = "too much waits to be saved", RETRY_LOAD
    else:
        said, pause = "nothing can be saved or read now", RETRY_STORE
    return error_response(503, said, [{"message": str(error)}], {"Retry-After": str(pause)})


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into the one shape; the last resort is a logged 500."""
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
        said = _TEXTS.get(error.status, error.reason.lower())
        return error_response(error.status, said, (), allow)
    except (web.RequestPayloadError, ConnectionResetError):
        return error_response(400, "the request ended early, or its transfer coding is broken")
    except Exception:
        # The id leads from a user's screenshot to the log; the text of the error may hold anything.
        mark = secrets.token_hex(4)
        log.exception("request failed", extra={"error_id": mark, "route": route_of(request)})
        return error_response(500, "something went wrong here", [{"error_id": mark}])


def route_of(request: web.Request) -> str:
    """The route's pattern, such as /ack/{token}: fit for logs, unlike the path."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(unknown)"

"""Answers and errors in the shapes of Alertmanager's API v2.

Its clients are generated from its description. An error of a handler is a JSON string (400, 404 of
a silence, 500). An error found before the handler is ``{"code": …, "message": …}``. A client shows
any other shape as a decoding error of its own, without our text (amtool).
"""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError
from gateway.web.http.errors import Handler, RequestError, json_response, unavailable

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}

_MOST_FAULTS = 10
"""Faults in one text; /api/v1/rejects lists more of them."""

_TEXTS = frozenset({400, 500, 503})
"""Statuses whose body is a JSON string in the description (`responses: BadRequest`)."""


class ApiV2Error(RequestError):
    """An error with the code that Alertmanager's API has for it.

    With code None the answer is a JSON string, else an object with code and message.
    """

    def __init__(self, status: int, text: str, code: int | None = None) -> None:
        super().__init__(status, text)
        self.code = code


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a JSON response that no cache stores."""
    return json_response(value, status, {**NO_STORE, **(headers or {})})


def error_answer(error: RequestError) -> web.Response:
    """Return an error in this API's shape; its text includes the first details."""
    parts = [error.error, *map(_fault, error.detail[:_MOST_FAULTS])]
    if len(error.detail) > _MOST_FAULTS:
        parts.append("and more")
    text = "; ".join(part for part in parts if part)
    code = error.code if isinstance(error, ApiV2Error) else None
    if code is None and error.status not in _TEXTS and not isinstance(error, ApiV2Error):
        code = error.status
    body = text if code is None else {"code": code, "message": text}
    return answer(body, error.status, error.headers)


def as_v2_error(response: web.StreamResponse) -> web.Response:
    """Return an error response of our own API in this API's shape."""
    assert isinstance(response, web.Response)
    assert isinstance(response.body, bytes)
    body = orjson.loads(response.body)
    headers = {
        k: v for k, v in response.headers.items() if k not in ("Content-Type", "Content-Length")
    }
    return error_answer(RequestError(response.status, body["error"], body["detail"], headers))


def _fault(one: Mapping[str, Any]) -> str:
    parts = [f"alert {one['alert']}"] if one.get("alert") is not None else []
    parts += [str(one[name]) for name in ("field", "message") if one.get(name)]
    return ": ".join(parts)


def with_v2_errors(handler: Handler) -> Handler:
    """Return the handler with its errors in this API's shape."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except RequestError as error:
            return error_answer(error)
        except (StoreUnavailableError, OverloadedError) as error:
            retry = unavailable(error).headers["Retry-After"]
            return answer(str(error), 503, {"Retry-After": retry})

    return guarded

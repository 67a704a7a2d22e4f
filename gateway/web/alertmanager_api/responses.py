"""Answers and errors in the shapes that Alertmanager's API v2 has.

Its clients are generated from its description: an error that a handler found is a JSON string
(400, 404 of a silence, 500), one that was found before is ``{"code": …, "message": …}``. Another
shape would show as the client's own complaint about it, with our words lost (amtool).
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
"""Faults told in one text; the requests that were refused are listed with more by our own API."""

_TEXTS = frozenset({400, 500, 503})
"""Statuses whose body is a JSON string, as the description has it (`responses: BadRequest`)."""


class ApiV2Error(RequestError):
    """What a handler cannot do, with the number that Alertmanager's API has for it.

    Where `code` is None the answer is a JSON string, else an object with code and message.
    """

    def __init__(self, status: int, text: str, code: int | None = None) -> None:
        super().__init__(status, text)
        self.code = code


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A value as JSON that no cache keeps."""
    return json_response(value, status, {**NO_STORE, **(headers or {})})


def error_answer(error: RequestError) -> web.Response:
    """An error in this API's shape, the first of its detail joined to its text."""
    parts = [error.error, *map(_fault, error.detail[:_MOST_FAULTS])]
    if len(error.detail) > _MOST_FAULTS:
        parts.append("and more")
    text = "; ".join(part for part in parts if part)
    code = error.code if isinstance(error, ApiV2Error) else None
    if code is None and error.status not in _TEXTS and not isinstance(error, ApiV2Error):
        code = error.status
    said = text if code is None else {"code": code, "message": text}
    return answer(said, error.status, error.headers)


def as_v2_error(response: web.StreamResponse) -> web.Response:
    """An error in the shape of our own API, in this API's shape."""
    assert isinstance(response, web.Response)
    assert isinstance(response.body, bytes)
    said = orjson.loads(response.body)
    kept = {
        k: v for k, v in response.headers.items() if k not in ("Content-Type", "Content-Length")
    }
    return error_answer(RequestError(response.status, said["error"], said["detail"], kept))


def _fault(one: Mapping[str, Any]) -> str:
    place = [f"alert {one['alert']}"] if one.get("alert") is not None else []
    place += [str(one[name]) for name in ("field", "message") if one.get(name)]
    return ": ".join(place)


def with_v2_errors(handler: Handler) -> Handler:
    """The handler with its errors in this API's shape."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except RequestError as error:
            return error_answer(error)
        except (StoreUnavailableError, OverloadedError) as error:
            retry = unavailable(error).headers["Retry-After"]
            return answer(str(error), 503, {"Retry-After": retry})

    return guarded

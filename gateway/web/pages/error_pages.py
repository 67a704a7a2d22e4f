"""Handlers for people: what goes wrong is told on a page, not as JSON."""

import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.flow.intake.intake import OverloadedError
from gateway.store import StoreUnavailableError
from gateway.web.http.errors import RETRY_STORE, Handler, RequestError, route_of
from gateway.web.pages import message_page

log = logging.getLogger(__name__)


def with_error_page(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler, with its errors as pages."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (StoreUnavailableError, OverloadedError):
            return message_page(
                "Not now",
                "The database cannot be reached just now, so nothing was changed.",
                "Please try again in a few seconds.",
                status=503,
                headers={"Retry-After": str(RETRY_STORE)},
            )
        except RequestError as error:
            said = f"{error.error[0].upper()}{error.error[1:]}."
            return message_page(
                "This did not work", said, status=error.status, headers=error.headers
            )
        except web.HTTPException:
            raise
        except Exception:
            mark = secrets.token_hex(4)
            log.exception("page failed", extra={"error_id": mark, "route": route_of(request)})
            said = f"Something went wrong here. It is in the log as {mark}."
            return message_page("This did not work", said, status=500)

    return answer

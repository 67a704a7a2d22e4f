"""Error pages: a decorator for handlers whose errors people read."""

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
    """Return the handler with its errors as pages."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (StoreUnavailableError, OverloadedError):
            return message_page(
                "Try again in a moment",
                "The database cannot be reached, so nothing was changed.",
                "Please try again in a few seconds.",
                status=503,
                headers={"Retry-After": str(RETRY_STORE)},
            )
        except RequestError as error:
            title = "Sign in to view this page" if error.status == 401 else "This did not work"
            text = f"{error.error[0].upper()}{error.error[1:]}."
            return message_page(title, text, status=error.status, headers=error.headers)
        except web.HTTPException:
            raise
        except Exception:
            error_id = secrets.token_hex(4)
            log.exception("page failed", extra={"error_id": error_id, "route": route_of(request)})
            text = f"An internal error occurred. The log has more under {error_id}."
            return message_page("This did not work", text, status=500)

    return answer

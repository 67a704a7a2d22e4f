"""Calendar feeds over HTTP: the URL is the credential, so no other access control applies.

Answers have a strong ETag, so a program that has the newest version is answered 304.
"""

from hashlib import sha256

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.flow.feeds.feeds import RevokedFeedError, UnknownFeedError
from gateway.links import LinkError
from gateway.web.http.errors import RequestError
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal

HEADERS = {
    # A shared cache must not serve what the URL alone protects; a program's own cache asks again.
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class FeedEndpoint:
    """Handler of /feeds/{token}.ics."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Answer with the calendar: 404 for an invalid URL, 410 for a revoked one."""
        try:
            body = await self._engine.feeds.read(request.match_info["token"])
        except LinkError:
            record_refusal(request, RefusalKind.FORGED_LINK, "feed with an invalid signature")
            text = "this feed's URL is incomplete, or was not made here"
            raise RequestError(404, text) from None
        except RevokedFeedError:
            text = "this feed's URL was revoked: ask for a new one on the on-call page"
            raise RequestError(410, text) from None
        except UnknownFeedError as error:
            raise RequestError(404, str(error)) from None
        etag = sha256(body).hexdigest()[:32]
        response = web.Response(headers=HEADERS)
        response.etag = etag
        if any(one.value in (etag, "*") for one in request.if_none_match or ()):
            response.set_status(304)
            return response
        response.body = body
        response.content_type, response.charset = "text/calendar", "utf-8"
        return response


def add_routes(app: web.Application) -> None:
    """Add the endpoint, for GET and HEAD."""
    app.router.add_get("/feeds/{token}.ics", FeedEndpoint(app[ENGINE]).show)

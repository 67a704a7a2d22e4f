"""What the API does not have: other paths and methods under /api/v2, and all of its version 1."""

from posixpath import normpath
from urllib.parse import urlsplit

from aiohttp import web

from gateway.web.alertmanager_api.responses import answer
from gateway.web.http.errors import route_of

_V1_GONE = (
    "The Alertmanager v1 API was removed in Alertmanager 0.27 and is not served here: use the "
    "equivalent route in the v2 API"
)


async def redirect_or_refuse(request: web.Request) -> web.StreamResponse:
    """What no other route has answered: a redirect from an oddly written path, 405, or 404."""
    plain = _plain(request)
    if plain:
        raise web.HTTPMovedPermanently(plain)
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not request.match_info.route.resource:
            allowed |= (await resource.resolve(request))[1]
    if not allowed:
        text = f"path {request.path[:200]} was not found"
        return answer({"code": 404, "message": text}, 404)
    listed = ",".join(sorted(allowed - {"HEAD"}))
    text = f"method {request.method[:20]} is not allowed, but [{listed}] are"
    return answer({"code": 405, "message": text}, 405, {"Allow": listed})


def _plain(request: web.Request) -> str:
    """The path without empty, ``.`` and ``..`` segments, with its query; "" when it has none.

    For any method and with 301, as Go's ServeMux does it (net/http, cleanPath), which stands in
    front of Alertmanager's API.
    """
    asked = urlsplit(request.raw_path)
    plain = normpath(asked.path)
    # The root of the API itself is only known with its slash.
    if asked.path.endswith("/") or plain == route_of(request).removesuffix("/{rest}"):
        plain += "/"
    if plain == asked.path:
        return ""
    return f"{plain}?{asked.query}" if asked.query else plain


async def v1_removed(request: web.Request) -> web.StreamResponse:
    """410 for Alertmanager's version 1, in the words of its own shape."""
    return answer({"status": "deprecated", "error": _V1_GONE}, 410)


def add_routes(app: web.Application) -> None:
    """After all others: whoever comes here asked for something else."""
    app.router.add_route("*", "/api/v2", redirect_or_refuse)
    app.router.add_route("*", "/api/v2/{rest:.*}", redirect_or_refuse)
    app.router.add_route("*", "/api/v1/alerts", v1_removed)

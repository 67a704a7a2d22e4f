"""Answers to unsupported paths and methods under /api/v2, and to API version 1."""

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
    """Answer a request without a route: redirect an unclean path, else 405 or 404."""
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
    methods = ",".join(sorted(allowed - {"HEAD"}))
    text = f"method {request.method[:20]} is not allowed, but [{methods}] are"
    return answer({"code": 405, "message": text}, 405, {"Allow": methods})


def _plain(request: web.Request) -> str:
    """Return the path without empty, ``.`` and ``..`` segments; "" if it is clean already.

    For any method and with 301, as Go's ServeMux (net/http, cleanPath), which serves
    Alertmanager's API.
    """
    target = urlsplit(request.raw_path)
    plain = normpath(target.path)
    # The root of the API itself is only known with its slash.
    if target.path.endswith("/") or plain == route_of(request).removesuffix("/{rest}"):
        plain += "/"
    if plain == target.path:
        return ""
    return f"{plain}?{target.query}" if target.query else plain


async def v1_removed(request: web.Request) -> web.StreamResponse:
    """Answer 410 in the shape of Alertmanager's API version 1."""
    return answer({"status": "deprecated", "error": _V1_GONE}, 410)


def add_routes(app: web.Application) -> None:
    """Add the catch-all routes; all others must be added before."""
    app.router.add_route("*", "/api/v2", redirect_or_refuse)
    app.router.add_route("*", "/api/v2/{rest:.*}", redirect_or_refuse)
    app.router.add_route("*", "/api/v1/alerts", v1_removed)

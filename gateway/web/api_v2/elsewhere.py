"""What the API does not have: other paths and methods under /api/v2, and all of its version 1."""

from aiohttp import web

from gateway.web.api_v2.answers import answer

_V1_GONE = (
    "The Alertmanager v1 API was removed in Alertmanager 0.27 and is not served here: use the "
    "equivalent route in the v2 API"
)


async def elsewhere(request: web.Request) -> web.StreamResponse:
    """404, or 405 where another method is served. Asked only when no other route has answered."""
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


async def gone(request: web.Request) -> web.StreamResponse:
    """410 for Alertmanager's version 1, in the words of its own shape."""
    return answer({"status": "deprecated", "error": _V1_GONE}, 410)


def add_routes(app: web.Application) -> None:
    """After all others: whoever comes here asked for something else."""
    app.router.add_route("*", "/api/v2/{rest:.*}", elsewhere)
    app.router.add_route("*", "/api/v1/alerts", gone)

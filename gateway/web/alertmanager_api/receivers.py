"""GET /api/v2/receivers: the names of all receivers."""

from aiohttp import web

from gateway.core.matching.matcher import matches_all
from gateway.web.alertmanager_api.query_params import matchers
from gateway.web.alertmanager_api.responses import answer, with_v2_errors
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.http.off_loop import read_off_loop


async def receivers(request: web.Request) -> web.StreamResponse:
    """Answer all receivers in the order of routes.yaml, with the label `name` as in 0.33."""
    texts = request.query.values()
    name_matchers = await read_off_loop(texts, matchers, request, "receiver_matchers")
    entries = [
        {"labels": {"name": name}, "name": name} for name in request.app[ENGINE].plan.receivers
    ]
    return answer(
        [one for one in entries if matches_all(name_matchers, {"name": str(one["name"])})]
    )


def add_routes(app: web.Application) -> None:
    """Add the path."""
    app.router.add_get(
        "/api/v2/receivers", with_v2_errors(require_read_access(receivers)), allow_head=False
    )

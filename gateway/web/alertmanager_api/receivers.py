"""GET /api/v2/receivers: the names of all receivers."""

from aiohttp import web

from gateway.core.matching.matcher import matches_all
from gateway.web.alertmanager_api.query_params import matchers
from gateway.web.alertmanager_api.responses import answer, as_in_v2
from gateway.web.http.access import reading
from gateway.web.http.compiling import read_off_loop
from gateway.web.http.keys import ENGINE


async def receivers(request: web.Request) -> web.StreamResponse:
    """All, in the order of routes.yaml; each has the label `name`, as in Alertmanager 0.33."""
    texts = request.query.values()
    wanted = await read_off_loop(texts, matchers, request, "receiver_matchers")
    every = [
        {"labels": {"name": name}, "name": name} for name in request.app[ENGINE].plan.receivers
    ]
    return answer([one for one in every if matches_all(wanted, {"name": str(one["name"])})])


def add_routes(app: web.Application) -> None:
    """The one path."""
    app.router.add_get("/api/v2/receivers", as_in_v2(reading(receivers)), allow_head=False)

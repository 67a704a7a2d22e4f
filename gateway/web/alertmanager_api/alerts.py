"""GET /api/v2/alerts and /api/v2/alerts/groups."""

from collections.abc import Callable
from functools import cache

from aiohttp import web

from gateway.core.matching.matcher import Matcher, MatcherError, matches_all
from gateway.flow.queries.active_alerts import AlertFilter
from gateway.web.alertmanager_api.query_params import flag, matchers
from gateway.web.alertmanager_api.responses import ApiV2Error, with_v2_errors
from gateway.web.alertmanager_api.serialize import AlertList, GroupList
from gateway.web.alertmanager_api.streaming import stream
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.http.off_loop import read_off_loop


async def alerts(request: web.Request) -> web.StreamResponse:
    """Answer the active alerts."""
    active_alerts, shape = request.app[ENGINE].active_alerts, AlertList()
    query = await read_off_loop(request.query.values(), _alert_query, request)
    return await stream(request, active_alerts.alerts(query, shape), shape.end)


async def groups(request: web.Request) -> web.StreamResponse:
    """Answer the active alerts by open incident."""
    engine = request.app[ENGINE]
    shape = GroupList(engine.plan)
    query = await read_off_loop(request.query.values(), _alert_query, request)
    return await stream(request, engine.active_alerts.groups(query, shape), shape.end)


def _alert_query(request: web.Request) -> AlertFilter:
    """Parse the query. Unknown parameters are ignored, as by Alertmanager."""
    return AlertFilter(
        matchers(request),
        _receiver(request),
        flag(request, "active"),
        flag(request, "silenced"),
        flag(request, "inhibited"),
        flag(request, "muted"),
    )


def _receiver(request: web.Request) -> Callable[[str], bool] | None:
    """Return a test of receiver names, from `receiver` (a regex) and `receiver_matchers`."""
    name_matchers = [*matchers(request, "receiver_matchers")]
    pattern = request.query.getall("receiver", [""])[-1]
    if pattern:
        try:
            name_matchers.append(Matcher("name", "=~", pattern))
        except MatcherError as error:
            raise ApiV2Error(400, f"receiver: {error}") from None
    return cache(lambda name: matches_all(name_matchers, {"name": name})) if name_matchers else None


def add_routes(app: web.Application) -> None:
    """Add the two paths. HEAD is refused: it would cost as much as GET and show nothing."""
    for path, handler in (("/api/v2/alerts", alerts), ("/api/v2/alerts/groups", groups)):
        app.router.add_get(path, with_v2_errors(require_read_access(handler)), allow_head=False)

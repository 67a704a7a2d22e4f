"""The HTTP application: every route, and what all of them share."""

from functools import partial

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.settings import ServerSettings
from gateway.web import (
    ack,
    api,
    api_v2,
    incidents,
    ingest,
    oncall,
    operate,
    silences,
    silencing,
    slack,
)
from gateway.web.errors import errors_as_json
from gateway.web.keys import ENGINE, SETTINGS
from gateway.web.nowhere import page_for_browsers
from gateway.web.refusals import REFUSALS, Refusals, slow_guessing

LARGEST_FORM = 64 * 1024
"""Bytes of any body but alerts; those have their source's own limit."""


def build_app(engine: Engine, settings: ServerSettings) -> web.Application:
    """The application for one engine. It starts and stops nothing of the engine's.

    With a route prefix all of it stands below that path. /healthz and /readyz are at the root as
    well: who asks them (an orchestrator, the container itself) does not come through the proxy.
    """
    app = web.Application(
        middlewares=[slow_guessing, errors_as_json, page_for_browsers],
        client_max_size=LARGEST_FORM,
    )
    app[ENGINE], app[SETTINGS] = engine, settings
    app[REFUSALS] = Refusals(engine.metrics.refused)
    if not settings.route_prefix:
        _add_all(app)
        return app
    below = web.Application()  # what is raised in there becomes an answer in the one around it
    below[ENGINE], below[SETTINGS] = engine, settings
    below[REFUSALS] = app[REFUSALS]
    _add_all(below)
    home = partial(_to, f"{settings.route_prefix}/")
    below.router.add_get("", home)
    app.add_subapp(settings.route_prefix, below)
    app.router.add_get("/", home)
    operate.add_health(app)
    return app


def _add_all(app: web.Application) -> None:
    ingest.add_routes(app)
    ack.add_routes(app)
    silencing.add_routes(app)
    incidents.add_routes(app)
    silences.add_routes(app)
    oncall.add_routes(app)
    api.add_routes(app)
    api_v2.add_routes(app)
    operate.add_routes(app)
    slack.add_routes(app)


async def _to(place: str, request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(place)

"""The HTTP application: every route, and what all of them share."""

from aiohttp import web

from gateway.core.server import ServerSettings
from gateway.flow.engine import Engine
from gateway.web import ack, api, api_v2, incidents, ingest, operate, slack
from gateway.web.errors import errors_as_json
from gateway.web.keys import ENGINE, SETTINGS

LARGEST_FORM = 64 * 1024
"""Bytes of any body but alerts; those have their source's own limit."""


def build_app(engine: Engine, settings: ServerSettings) -> web.Application:
    """The application for one engine. It starts and stops nothing of the engine's."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=LARGEST_FORM)
    app[ENGINE] = engine
    app[SETTINGS] = settings
    ingest.add_routes(app)
    ack.add_routes(app)
    incidents.add_routes(app)
    api.add_routes(app)
    api_v2.add_routes(app)
    operate.add_routes(app)
    slack.add_routes(app)
    return app

"""The HTTP application: routes, middlewares and shared objects."""

from functools import partial

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.settings import ServerSettings
from gateway.web import alertmanager_api, api_v1, feeds, ops, pings, push
from gateway.web.callbacks import handler as callbacks
from gateway.web.callbacks import inbound
from gateway.web.callbacks.twilio import endpoints as twilio
from gateway.web.http.errors import errors_as_json
from gateway.web.http.keys import ENGINE, SETTINGS
from gateway.web.http.refusals import REFUSALS, Refusals, delay_failed_proofs
from gateway.web.ingest import handlers
from gateway.web.pages import (
    acknowledge,
    drills,
    explain_if,
    follow_ups,
    heartbeats,
    incidents,
    oncall,
    reports,
    runbooks,
    silence_form,
    silences,
    soundness,
    sources,
    swap,
    verify,
)
from gateway.web.pages.not_found import not_found_page_for_browsers
from gateway.web.slack import endpoints as slack

LARGEST_FORM = 64 * 1024
"""Bytes of any body except alerts', whose source sets the limit."""


def build_app(engine: Engine, settings: ServerSettings) -> web.Application:
    """Build the application for one engine, which the caller starts and stops.

    With a route prefix everything is below that path. /healthz and /readyz are at the root as well,
    because an orchestrator does not ask them through the proxy.
    """
    app = web.Application(
        middlewares=[delay_failed_proofs, errors_as_json, not_found_page_for_browsers],
        client_max_size=LARGEST_FORM,
    )
    app[ENGINE], app[SETTINGS] = engine, settings
    app[REFUSALS] = Refusals(engine.metrics.count_refusal)
    if not settings.route_prefix:
        _add_all(app)
        return app
    prefixed = web.Application()  # its exceptions are answered by the outer middlewares
    prefixed[ENGINE], prefixed[SETTINGS] = engine, settings
    prefixed[REFUSALS] = app[REFUSALS]
    _add_all(prefixed)
    app[slack.SOCKET_MODE] = prefixed[slack.SOCKET_MODE]
    redirect = partial(_redirect, f"{settings.route_prefix}/")
    prefixed.router.add_get("", redirect)
    app.add_subapp(settings.route_prefix, prefixed)
    app.router.add_get("/", redirect)
    ops.add_health(app)
    return app


def _add_all(app: web.Application) -> None:
    handlers.add_routes(app)
    acknowledge.add_routes(app)
    silence_form.add_routes(app)
    follow_ups.add_routes(app)
    sources.add_routes(app)
    swap.add_routes(app)
    incidents.add_routes(app)
    silences.add_routes(app)
    oncall.add_routes(app)
    heartbeats.add_routes(app)
    runbooks.add_routes(app)
    explain_if.add_routes(app)
    soundness.add_routes(app)
    reports.add_routes(app)
    verify.add_routes(app)
    drills.add_routes(app)
    feeds.add_routes(app)
    pings.add_routes(app)
    api_v1.add_routes(app)
    alertmanager_api.add_routes(app)
    ops.add_routes(app)
    slack.add_routes(app)
    callbacks.add_routes(app)
    inbound.add_routes(app)
    twilio.add_routes(app)
    push.add_routes(app)


async def _redirect(path: str, request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(path)

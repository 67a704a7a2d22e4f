"""Alertmanager's API v2, so that amtool, karma and Grafana work with the gateway unchanged."""

from aiohttp import web

from gateway.web.api_v2 import alerts, elsewhere, receivers, silences, status


def add_routes(app: web.Application) -> None:
    """Everything under /api/v2 but the door for alerts, which must have been added before."""
    status.add_routes(app)
    alerts.add_routes(app)
    receivers.add_routes(app)
    silences.add_routes(app)
    elsewhere.add_routes(app)

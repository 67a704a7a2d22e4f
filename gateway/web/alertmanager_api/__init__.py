"""Alertmanager's API v2, so that amtool, karma and Grafana work with the gateway unchanged."""

from aiohttp import web

from gateway.web.alertmanager_api import alerts, receivers, silences, status, unsupported


def add_routes(app: web.Application) -> None:
    """Add everything under /api/v2 except the ingest of alerts, which must be added before.

    Each path is served with a trailing slash as well, as Alertmanager's router does.
    """
    status.add_routes(app)
    alerts.add_routes(app)
    receivers.add_routes(app)
    silences.add_routes(app)
    for resource in list(app.router.resources()):
        if resource.canonical.startswith("/api/v2/"):
            with_slash = app.router.add_resource(f"{resource.canonical}/")
            for route in resource:
                with_slash.add_route(route.method, route.handler)
    unsupported.add_routes(app)

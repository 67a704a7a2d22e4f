"""For those who run the gateway: is it alive, is it ready, what does it count, read the file anew.

`/healthz` (and Alertmanager's `/-/healthy`) answers 200 while the process serves at all, and lists
what is wrong. `/readyz` (and `/-/ready`) answers 503 when alerts could not be taken in or decided.
A vendor that is down or a bad routes.yaml does not make it unready: an orchestrator would then take
away the door for alerts, and nothing would be better. Both are named in the body all the same.
"""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.flow.engine import Engine, Health
from gateway.store import StoreUnavailableError, outbox
from gateway.store.outbox import holds
from gateway.store.queries import lists
from gateway.store.state import silences
from gateway.web.http.access import require_write_access
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE

_NONESSENTIAL = (
    "channel ",
    "deliver ",
    "routes.yaml",
    "heartbeat",
    "database file",
    "integrity check",
    "templates",
)
"""Beginnings of components without which alerts are still taken in and decided."""

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def is_essential(health: Health) -> bool:
    """Whether the gateway can do nothing for anybody without this component."""
    return not health.component.startswith(_NONESSENTIAL)


def report(problems: Sequence[Health], public: bool = True) -> dict[str, Any]:
    """The state of all components, the bad ones first.

    `public`: without what configuration and vendors say, which may hold secrets.
    """
    bad = [health for health in problems if not health.ok]
    lost = any(is_essential(health) for health in bad)
    status = "unavailable" if lost else "degraded" if bad else "ok"
    ordered = sorted(problems, key=lambda health: health.ok)
    return {
        "status": status,
        "problems": [f"{health.component}: {health.text_for(public)}" for health in bad],
        "components": [
            {"component": one.component, "ok": one.ok, "text": one.text_for(public)}
            for one in ordered
        ],
    }


class OpsEndpoints:
    """The handlers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def healthy(self, request: web.Request) -> web.StreamResponse:
        """200 while the process answers."""
        return json_response(report(self._engine.problems()))

    async def ready(self, request: web.Request) -> web.StreamResponse:
        """200 when alerts are taken in and decided, else 503 and why not."""
        text_for = report(self._engine.problems())
        return json_response(text_for, 503 if text_for["status"] == "unavailable" else 200)

    async def reload(self, request: web.Request) -> web.StreamResponse:
        """Read routes.yaml anew. A bad file changes nothing and its faults are the answer."""
        problems = await self._engine.reload()
        if problems:
            detail = [problem.to_json() for problem in problems]
            raise RequestError(422, "routes.yaml has faults; the old one stays in force", detail)
        plan = self._engine.plan
        warnings = [str(warning) for warning in self._engine.config.warnings]
        return json_response({"status": "loaded", "digest": plan.digest, "warnings": warnings})

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """Everything counted, with what is in the database at this moment."""
        metrics, now = self._engine.metrics, self._engine.now()
        try:
            depth, standing, held, limited = await self._engine.store.read(
                lambda tx: (
                    outbox.depth(tx),
                    lists.open_counts(tx),
                    silences.open_counts(tx, now),
                    holds.active_by_channel(tx, now),
                )
            )
        except StoreUnavailableError:
            metrics.set_store_up(False)
        else:
            metrics.set_store_up(True)
            metrics.set_outbox(depth, self._engine.config.channels, now)
            metrics.set_incidents(standing, now)
            metrics.set_silences(held)
            metrics.set_holds(limited, self._engine.config.channels)
        metrics.set_components((one.component, one.ok) for one in self._engine.problems())
        return web.Response(body=metrics.exposition(), headers={"Content-Type": EXPOSITION})


def add_routes(app: web.Application) -> None:
    """Health, readiness, reload and metrics."""
    endpoints = add_health(app)
    app.router.add_get("/-/healthy", endpoints.healthy)
    app.router.add_get("/-/ready", endpoints.ready)
    app.router.add_post("/-/reload", require_write_access(endpoints.reload))
    app.router.add_get("/metrics", endpoints.metrics)


def add_health(app: web.Application) -> OpsEndpoints:
    """Health and readiness alone."""
    endpoints = OpsEndpoints(app[ENGINE])
    app.router.add_get("/healthz", endpoints.healthy)
    app.router.add_get("/readyz", endpoints.ready)
    return endpoints

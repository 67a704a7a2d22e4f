"""Endpoints for operators: health, readiness, metrics, and reload of routes.yaml.

`/healthz` (and Alertmanager's `/-/healthy`) answers 200 while the process serves, and lists
problems. `/readyz` (and `/-/ready`) answers 503 when alerts cannot be accepted or decided. A vendor
that is down and a bad routes.yaml are listed, but do not make it unready: an orchestrator would
stop sending alerts, and nothing would be better.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Any

from aiohttp import web

from gateway.core.plan.plan import Plan
from gateway.core.proof.coverage import Coverage, coverage
from gateway.flow.calendars.calendars import CalendarState
from gateway.flow.engine import Engine, Health
from gateway.store import StoreUnavailableError, outbox
from gateway.store.outbox import holds
from gateway.store.queries import lists
from gateway.store.state import silences
from gateway.web.http.access import require_write_access
from gateway.web.http.errors import RequestError, json_response
from gateway.web.http.keys import ENGINE

_NONESSENTIAL = (
    "calendar",
    "channel ",
    "contact addresses",
    "contacts",
    "deliver ",
    "routes.yaml",
    "heartbeat",
    "database file",
    "integrity check",
    "templates",
    "plan in force",
)
"""Prefixes of components without which alerts are still accepted and decided."""

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def is_essential(health: Health) -> bool:
    """Return whether no alert can be accepted or decided without this component."""
    return not health.component.startswith(_NONESSENTIAL)


def health_report(problems: Sequence[Health], *, public: bool = True) -> dict[str, Any]:
    """Return the state of all components, the bad ones first.

    `public` omits the texts of configuration and vendors, which may hold secrets.
    """
    bad = [health for health in problems if not health.ok]
    is_unavailable = any(is_essential(health) for health in bad)
    status = "unavailable" if is_unavailable else "degraded" if bad else "ok"
    ordered = sorted(problems, key=lambda health: health.ok)
    return {
        "status": status,
        "problems": [f"{health.component}: {health.text_for(public=public)}" for health in bad],
        "components": [
            {"component": one.component, "ok": one.ok, "text": one.text_for(public=public)}
            for one in ordered
        ],
    }


class OpsEndpoints:
    """Handlers for operators."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def healthy(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 with the state of all components."""
        return json_response(health_report(self._engine.problems()))

    async def ready(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 if alerts can be accepted and decided, else 503 with the reason."""
        report = health_report(self._engine.problems())
        return json_response(report, 503 if report["status"] == "unavailable" else 200)

    async def reload(self, request: web.Request) -> web.StreamResponse:
        """Reload routes.yaml. A bad file changes nothing; the answer lists its faults."""
        problems = await self._engine.reload()
        if problems:
            detail = [problem.to_json() for problem in problems]
            raise RequestError(422, "routes.yaml has faults; the old one stays in force", detail)
        plan = self._engine.plan
        warnings = [str(warning) for warning in self._engine.config.warnings]
        return json_response(
            {
                "status": "loaded",
                "digest": plan.digest,
                "warnings": warnings,
                "reports": self._engine.reload_reports,
            }
        )

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """Answer all metrics, those read from the database included."""
        metrics, now = self._engine.metrics, self._engine.now()
        account_keys = [one.account_key for one in self._engine.config.channels.values()]
        try:
            depth, open_incidents, silence_counts, vendor_holds = await self._engine.store.read(
                lambda tx: (
                    outbox.depth(tx),
                    lists.open_counts(tx),
                    silences.open_counts(tx, now),
                    holds.active_by_account(tx, now),
                )
            )
        except StoreUnavailableError:
            metrics.set_store_up(up=False)
        else:
            metrics.set_store_up(up=True)
            metrics.set_outbox(depth, account_keys, now)
            metrics.set_incidents(open_incidents, now)
            metrics.set_silences(silence_counts)
            metrics.set_holds(vendor_holds, account_keys)
        metrics.set_coverage(await asyncio.to_thread(_coverage, self._engine.plan, now))
        metrics.set_calendars(_calendars(self._engine.calendars.states(), now))
        metrics.set_unusable_contacts(self._engine.plan.unusable_contacts, account_keys)
        metrics.set_components((one.component, one.ok) for one in self._engine.problems())
        return web.Response(body=metrics.exposition(), headers={"Content-Type": EXPOSITION})


def _calendars(states: Iterable[CalendarState], now: float) -> Iterator[tuple[str, bool, float]]:
    """Yield each calendar's name, whether it is read well, and the age of its copy in seconds."""
    for one in states:
        read_at = one.stored.read_at if one.stored else 0.0
        ok = one.stored is not None and not one.stored.error
        yield one.key.address, ok, now - read_at if read_at else inf


def _coverage(plan: Plan, now: float) -> list[Coverage]:
    """Return the coverage of all rotas. In a thread: fifty of them take some milliseconds."""
    return [coverage(plan, rota, now) for rota in plan.rotas.values()]


def add_routes(app: web.Application) -> None:
    """Add health, readiness, reload and metrics."""
    endpoints = add_health(app)
    app.router.add_get("/-/healthy", endpoints.healthy)
    app.router.add_get("/-/ready", endpoints.ready)
    app.router.add_post("/-/reload", require_write_access(endpoints.reload))
    app.router.add_get("/metrics", endpoints.metrics)


def add_health(app: web.Application) -> OpsEndpoints:
    """Add health and readiness alone; return their handlers."""
    endpoints = OpsEndpoints(app[ENGINE])
    app.router.add_get("/healthz", endpoints.healthy)
    app.router.add_get("/readyz", endpoints.ready)
    return endpoints

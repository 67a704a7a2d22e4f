"""Page of drills: whether the last test alerts arrived, and by what that is known."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.core.drills.run import ArrivalProof, DrillRun, DrillState, MessageFacts
from gateway.core.plan.drill import Drill
from gateway.core.time.timestamps import format_duration
from gateway.cron import next_after
from gateway.flow.engine import Engine
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

RUNS_SHOWN = 10

_TONES = {
    DrillState.RUNNING: "info",
    DrillState.ARRIVED: "resolved",
    DrillState.FAILED: "critical",
}
_PROOFS = {
    ArrivalProof.RECEIPT: "the vendor's receipt",
    ArrivalProof.ACCEPTANCE: "the vendor accepted it",
}


class DrillsPage:
    """Handler of /drills."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show all drills with their last runs. Change nothing."""
        engine = self._engine
        zone, now = zone_for(engine.plan), engine.now()
        rows = []
        for drill in engine.plan.drills.values():
            runs = await engine.drills.latest(drill.name, RUNS_SHOWN)
            rows.append(_row(drill, runs, zone, now))
        return page("drills.html", {"rows": rows, "zone": zone, "up": "./"})


def _row(drill: Drill, runs: Sequence[DrillRun], zone: str, now: float) -> dict[str, Any]:
    last = runs[0] if runs else None
    lines = [
        f"Drills {drill.subject}, by source {drill.source}",
        f"Each message must arrive within {format_duration(round(drill.within))}",
    ]
    if drill.acknowledge is not None:
        within = format_duration(round(drill.acknowledge))
        lines.append(f"Somebody must acknowledge within {within}")
    lines.append(f"Next: {clock_time(next_after(drill.cron, drill.zone, now), zone, now)}")
    return {
        "name": drill.name,
        "state": "not yet run" if last is None else last.state.value,
        "tone": "info" if last is None else _TONES[last.state],
        "text": "" if last is None else _run_line(last, zone, now),
        "lines": lines,
        "messages": []
        if last is None
        else [_message(one, zone, now) for one in last.facts.messages],
        "incident": None if last is None else last.facts.incident,
        "earlier": [f"{one.state.value}: {_run_line(one, zone, now)}" for one in runs[1:]],
    }


def _run_line(run: DrillRun, zone: str, now: float) -> str:
    return clean(f"{clock_time(run.began_at, zone, now)}, by {run.began_by}: {run.text}", 600)


def _message(one: MessageFacts, zone: str, now: float) -> dict[str, str]:
    at = one.arrived_at
    return {
        "name": clean(one.name, 200),
        "arrived": clean(one.problem, 300) or "no" if at is None else clock_time(at, zone, now),
        "took": "" if at is None else format_duration(round(at - one.created_at)),
        "proof": _PROOFS[one.proof],
    }


def add_routes(app: web.Application) -> None:
    """Add the page."""
    app.router.add_get(
        "/drills", with_error_page(require_read_access(DrillsPage(app[ENGINE]).show))
    )

"""Page of heartbeats: which jobs pinged, which did not, and what they printed last."""

from typing import Any

from aiohttp import web

from gateway.core.heartbeats.output import shown_output
from gateway.core.heartbeats.schedule import HeartbeatStatus
from gateway.core.heartbeats.state import PastPing, PingKind
from gateway.flow.engine import Engine
from gateway.flow.heartbeats.heartbeats import HeartbeatView
from gateway.render.view.times import clock_time, duration
from gateway.web.explain.names import zone_for
from gateway.web.http.access import has_write_access, require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

_TONES = {
    HeartbeatStatus.NEW: "info",
    HeartbeatStatus.UP: "resolved",
    HeartbeatStatus.LATE: "warning",
    HeartbeatStatus.DOWN: "critical",
    HeartbeatStatus.SLOW: "warning",
}

_TEXTS = {
    PingKind.SUCCESS: "success",
    PingKind.FAIL: "failure",
    PingKind.START: "start",
    PingKind.LOG: "log entry",
}


class HeartbeatPage:
    """Handler of /heartbeats."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show all heartbeats; their URLs only to those who may change something."""
        engine = self._engine
        zone, now = zone_for(engine.plan), engine.now()
        views = await engine.heartbeats.views()
        outputs, trusted = await engine.heartbeats.outputs(), has_write_access(request)
        rows = [
            _row(one, zone, now, outputs.get(one.heartbeat.name, ""), trusted=trusted)
            for one in views
        ]
        return page("heartbeats.html", {"rows": rows, "zone": zone, "up": "./"})


def _row(
    view: HeartbeatView, zone: str, now: float, output: str, *, trusted: bool
) -> dict[str, Any]:
    state = view.state
    lines = [f"Schedule: {view.heartbeat.schedule}"]
    if state.last_ping is not None:
        lines.append(f"Last ping: {clock_time(state.last_ping, zone, now)}")
    if view.due is not None:
        lines.append(f"Next due: {clock_time(view.due, zone, now)}")
    if state.started_at is not None:
        lines.append(f"Running since {clock_time(state.started_at, zone, now)}")
    return {
        "name": view.heartbeat.name,
        "status": view.status.value,
        "tone": _TONES[view.status],
        "problems": ", ".join(sorted(state.alerts)),
        "lines": lines,
        "pings": [_ping(one, zone, now) for one in state.pings],
        "output": shown_output(output),
        "url": view.url if trusted else "",
    }


def _ping(ping: PastPing, zone: str, now: float) -> str:
    text = f"{clock_time(ping.at, zone, now)}: {_TEXTS[ping.kind]}"
    if ping.exit_status is not None:
        text += f", exit status {ping.exit_status}"
    if ping.duration is not None:
        text += f", took {duration(ping.duration)}"
    return text


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handler = with_error_page(require_read_access(HeartbeatPage(app[ENGINE]).show))
    app.router.add_get("/heartbeats", handler)

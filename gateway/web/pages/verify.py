"""Page of verifications: the last results, and what the last one found."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.core.time.timestamps import parse_rfc3339
from gateway.core.verify.promise import SENTENCES, Promise
from gateway.flow.engine import Engine
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.render.view.verification import checked_text, result_heading
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

RUNS_SHOWN = 14
"""Results on the page: two weeks of nights."""


class VerifyPage:
    """Handler of /verify."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the last results. Change nothing."""
        engine = self._engine
        zone, now = zone_for(engine.plan), engine.now()
        stored = await engine.verifier.latest(RUNS_SHOWN)
        last = stored[0] if stored else None
        context = {
            "zone": zone,
            "up": "./",
            "runs": [_run(one, zone, now) for one in stored],
            "broken": [_broken(one, zone, now) for one in last["broken"]] if last else [],
            "not_listed": last["not_listed"] if last else 0,
            "promises": _promises(last) if last else [],
            "next_at": clock_time(engine.verifier.next_at, zone, now)
            if engine.verifier.next_at is not None
            else "",
        }
        return page("verify.html", context)


def _run(result: Mapping[str, Any], zone: str, now: float) -> dict[str, Any]:
    deleted = result["deleted_before"]
    return {
        "at": _clock(result["verified_at"], zone, now),
        "span": f"{_clock(result['from'], zone, now)} to {_clock(result['to'], zone, now)}",
        "checked": checked_text(result["checked"]),
        "missing": result["missing"],
        "result": result_heading(result["missing"]),
        "incomplete": _clock(deleted, zone, now) if deleted else "",
        "downtimes": [
            f"{_clock(one['from'], zone, now)} to {_clock(one['to'], zone, now)}"
            for one in result["downtimes"]
        ],
    }


def _broken(broken: Mapping[str, Any], zone: str, now: float) -> dict[str, Any]:
    return {
        "at": _clock(broken["at"], zone, now),
        "incident": broken["incident"],
        "subject": clean(broken["subject"], 200) if broken["incident"] is None else "",
        "check": broken["check"],
        "what": clean(broken["what"], 400),
        "action": broken["action"],
    }


def _promises(result: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return each promise as a sentence, and how often it does not hold."""
    return [(SENTENCES[one], result["by_promise"].get(one.value, 0)) for one in Promise]


def _clock(instant: str, zone: str, now: float) -> str:
    return clock_time(parse_rfc3339(instant), zone, now)


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handler = with_error_page(require_read_access(VerifyPage(app[ENGINE]).show))
    app.router.add_get("/verify", handler)

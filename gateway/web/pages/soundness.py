"""Page of the question whether monitoring is sound."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.core.soundness.answers import Answer, Soundness, Verdict
from gateway.flow.engine import Engine
from gateway.flow.soundness.assess import assess
from gateway.render.view.times import clock_time
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

_TONES = {
    Verdict.GOOD: "resolved",
    Verdict.BAD: "critical",
    Verdict.UNKNOWN: "warning",
    Verdict.NOT_CHECKED: "test",
}
_ORDER = (Verdict.BAD, Verdict.UNKNOWN, Verdict.NOT_CHECKED, Verdict.GOOD)


class SoundnessPage:
    """Handler of /soundness."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show what is not sound first, and what to do about it. Change nothing."""
        engine = self._engine
        links = await engine.link_checker.report()
        judged = await assess(engine.store, engine.config, engine.plan, links.results, engine.now())
        zone = zone_for(engine.plan)
        context = {
            "score": judged.score,
            "counts": [(one.value, judged.count(one), _TONES[one]) for one in Verdict],
            "general": _rows(judged.general),
            "rules": _rules(judged),
            "at": clock_time(judged.at, zone, judged.at),
            "up": "./",
        }
        return page("soundness.html", context)


def _rules(judged: Soundness) -> list[dict[str, Any]]:
    """Return the alerts, those with the most bad answers first."""
    rows = [
        {
            "name": rule.name,
            "about": ", ".join(filter(None, (rule.severity, rule.team, rule.position))),
            "bad": sum(one.verdict is Verdict.BAD for one in rule.answers),
            "answers": _rows(rule.answers),
        }
        for rule in judged.rules
    ]
    return sorted(rows, key=lambda row: (-row["bad"], row["name"]))


def _rows(answers: Sequence[Answer]) -> list[dict[str, str]]:
    ordered = sorted(answers, key=lambda one: _ORDER.index(one.verdict))
    return [
        {
            "check": one.check.value,
            "word": one.verdict.value,
            "tone": _TONES[one.verdict],
            "text": one.text,
            "advice": one.advice,
        }
        for one in ordered
    ]


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handler = with_error_page(require_read_access(SoundnessPage(app[ENGINE]).show))
    app.router.add_get("/soundness", handler)

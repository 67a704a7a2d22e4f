"""The pages behind the links in messages: look, take it, give it back.

GET and HEAD change nothing (Promise 5): mail scanners open every link, some with a browser. Only a
person's POST from the page acknowledges, and that can be undone there too. The token is the whole
right to do so; it is never logged, and the pages send no referrer.
"""

from typing import Any

from aiohttp import web

from gateway.core.plan import Plan
from gateway.core.respond import Answer, Response
from gateway.flow.engine import Engine
from gateway.web.keys import ENGINE
from gateway.web.look import Seen, look, name_of, picture, zone_for
from gateway.web.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.people import for_people
from gateway.web.visits import Visit, chosen, forgotten, nothing, to_choose_from, visit

_AFTERWARDS = {
    Answer.NOT_ACKNOWLEDGED: "Nobody has it, so there was nothing to undo.",
    Answer.RESOLVED: "It was over before that.",
}


class Acknowledging:
    """The handlers of /ack/{token}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: who, what, since when, and a button. Changes nothing."""
        by = visit(self._engine, request)
        if isinstance(by, web.Response):
            return by
        seen = await look(self._engine, by.claim.number)
        return self._page(by, seen, by.claim.who)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST: acknowledge. The second one learns who has it (E20)."""
        return await self._act(request, deeper=False)

    async def give_back(self, request: web.Request) -> web.StreamResponse:
        """POST …/undo: what was taken by mistake goes back, reminders and escalation go on."""
        return await self._act(request, deeper=True)

    async def _act(self, request: web.Request, deeper: bool) -> web.Response:
        refuse_foreign(request, self._engine.links.external_url)
        by = visit(self._engine, request, below=int(deeper))
        if isinstance(by, web.Response):
            return by
        who = by.claim.who or await chosen(request, self._engine.plan)
        number = by.claim.number
        if not who:
            seen = await look(self._engine, number)
            error = "Please say who you are."
            return self._page(by, seen, "", error=error, status=422)
        act = self._engine.unacknowledge if deeper else self._engine.acknowledge
        try:
            response: Response | None = await act(number, who, "link")
        except KeyError:
            response = None
        seen = await look(self._engine, number)
        error = _AFTERWARDS.get(response.answer, "") if deeper and response else ""
        return self._page(by, seen, who, error=error)

    def _page(
        self, by: Visit, seen: Seen | None, reader: str, *, error: str = "", status: int = 200
    ) -> web.Response:
        if seen is None:
            return forgotten(by)
        plan, now = self._engine.plan, self._engine.now()
        it = picture(seen, plan, now, zone_for(plan, reader), reader)
        context: dict[str, Any] = {
            "it": it,
            "up": by.up,
            "here": by.here,
            "undo_action": f"{by.here}/undo",
            "error": error,
            "ack_label": _ack_label(seen, plan, now, reader),
            "undo_label": _undo_label(seen, plan, now, reader),
            "covers_title": _covers_title(seen, now, it.firing),
            "choose": not by.claim.who,
            "chosen": reader,
            "people": to_choose_from(plan, now),
            "silence_link": "" if seen.over(now) else f"{by.here}/silence",
        }
        return page("ack.html", context, status=status)


def _ack_label(seen: Seen, plan: Plan, now: float, reader: str) -> str:
    if seen.over(now):
        return ""
    if seen.incident.ack is None:
        return f"Acknowledge as {name_of(plan, reader)}" if reader else "Acknowledge"
    fresh = len(seen.uncovered(now))
    return f"Take the {fresh} new one{'s' if fresh > 1 else ''} too" if fresh else ""


def _undo_label(seen: Seen, plan: Plan, now: float, reader: str) -> str:
    ack = seen.incident.ack
    if ack is None or seen.over(now):
        return ""
    return (
        "Undo: I do not have it"
        if ack.by == reader
        else (f"Undo: {name_of(plan, ack.by)} does not have it")
    )


def _covers_title(seen: Seen, now: float, firing: int) -> str:
    if seen.over(now):
        return "What it was"
    if seen.incident.ack is not None:
        return "What is firing"
    return "It covers this alert" if firing == 1 else f"It covers these {firing} alerts"


def add_routes(app: web.Application) -> None:
    """The acknowledge pages."""
    handlers = Acknowledging(app[ENGINE])
    app.router.add_head("/ack/{token}", nothing)
    app.router.add_get("/ack/{token}", for_people(handlers.show), allow_head=False)
    app.router.add_post("/ack/{token}", for_people(handlers.take))
    app.router.add_post("/ack/{token}/undo", for_people(handlers.give_back))

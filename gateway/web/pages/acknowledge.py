"""The pages behind the links in messages: look, acknowledge, take over, undo.

GET and HEAD change nothing (Promise 5): mail scanners open every link, some with a browser. Only a
person's POST from the page acknowledges, and that can be undone there too. The token is the whole
right to do so; it is never logged, and the pages send no referrer.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from gateway.core.decide.acknowledge import ActionOutcome, ActionResult
from gateway.flow.engine import Engine
from gateway.web.explain.names import zone_for
from gateway.web.http.forms import read_form
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.pages.error_pages import for_people
from gateway.web.pages.incident_view import Seen, look, picture
from gateway.web.pages.respond_forms import buttons
from gateway.web.pages.signed_link import Visit, chosen, forgotten, nothing, to_choose_from, visit

_AFTERWARDS = {
    ActionOutcome.NOT_ACKNOWLEDGED: "Nobody had acknowledged, so there was nothing to undo.",
    ActionOutcome.RESOLVED: "It was resolved before that.",
    ActionOutcome.HELD: "Nothing changed: somebody else was faster.",
    ActionOutcome.NOT_GIVEN_BACK: "It cannot be given back any more: that works for ten minutes, "
    "and only while the former acknowledgement has not expired.",
}


Form = Mapping[str, str]
Act = Callable[[int, str, str], Awaitable[ActionResult]]


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

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        """POST: acknowledge. The second one learns who has it (E20)."""
        return await self._act(request, lambda given: self._engine.acknowledge, below=0)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST …/take: take it over from the person whom the form names (E20)."""

        def act(given: Form) -> Act:
            # Without a name any holder counts as somebody else, and nothing changes.
            return partial(self._engine.take, holder=text_field(given, "from"))

        return await self._act(request, act, below=1)

    async def undo(self, request: web.Request) -> web.StreamResponse:
        """POST …/undo: it is unacknowledged then, and reminders and escalation go on.

        With `back` a take-over is undone, and the former holder has it again.
        """

        def act(given: Form) -> Act:
            back = text_field(given, "back")
            return self._engine.give_back if back else self._engine.unacknowledge

        return await self._act(request, act, below=1)

    async def _act(
        self, request: web.Request, choose: Callable[[Form], Act], below: int
    ) -> web.Response:
        refuse_foreign(request, self._engine.links.external_url)
        by = visit(self._engine, request, below=below)
        if isinstance(by, web.Response):
            return by
        given = await read_form(request)
        who = by.claim.who or chosen(given, self._engine.plan)
        number = by.claim.number
        if not who:
            seen = await look(self._engine, number)
            error = "Please say who you are."
            return self._page(by, seen, "", error=error, status=422)
        try:
            response: ActionResult | None = await choose(given)(number, who, "link")
        except KeyError:
            response = None
        seen = await look(self._engine, number)
        error = _AFTERWARDS.get(response.answer, "") if below and response else ""
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
            "error": error,
            "buttons": buttons(seen, plan, now, reader),
            "covers_title": _covers_title(seen, now, it.firing),
            "choose": not by.claim.who,
            "chosen": reader,
            "people": to_choose_from(plan, now),
            "silence_link": "" if seen.over(now) else f"{by.here}/silence",
        }
        return page("ack.html", context, status=status)


def text_field(given: Form, name: str) -> str:
    """Return a form's field, empty if it is missing."""
    return given.get(name, "")


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
    app.router.add_post("/ack/{token}", for_people(handlers.acknowledge))
    app.router.add_post("/ack/{token}/take", for_people(handlers.take))
    app.router.add_post("/ack/{token}/undo", for_people(handlers.undo))

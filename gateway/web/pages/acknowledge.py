"""The pages behind the links in messages: look, acknowledge, take over, undo.

GET and HEAD change nothing (Promise 5): mail scanners open every link, some with a browser. Only a
person's POST from the page acknowledges, and that can be undone there too. The token is the whole
right to do so; it is never logged, and the pages send no referrer.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.flow.engine import Engine
from gateway.web.explain.names import zone_for
from gateway.web.http.forms import read_form
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import StoredIncident, build_incident_view, load_incident
from gateway.web.pages.respond_forms import buttons
from gateway.web.pages.signed_link import (
    SignedLink,
    head_only,
    incident_gone,
    people_choices,
    person_in_form,
    resolve_link,
)

_RESPONSE_TEXTS = {
    ActionOutcome.NOT_ACKNOWLEDGED: "Nobody had acknowledged, so there was nothing to undo.",
    ActionOutcome.RESOLVED: "It was resolved before that.",
    ActionOutcome.HELD: "Nothing changed: somebody else was faster.",
    ActionOutcome.NOT_GIVEN_BACK: "It cannot be given back any more: that works for ten minutes, "
    "and only while the former acknowledgement has not expired.",
}


FormFields = Mapping[str, str]
RespondAction = Callable[[int, str, str], Awaitable[ActionResult]]


class AcknowledgePages:
    """The handlers of /ack/{token}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: who, what, since when, and a button. Changes nothing."""
        link = resolve_link(self._engine, request)
        if isinstance(link, web.Response):
            return link
        stored = await load_incident(self._engine, link.claim.number)
        return self._page(link, stored, link.claim.person)

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        """POST: acknowledge. The second one learns who has it (E20)."""
        return await self._act(request, lambda given: self._engine.acknowledge, below=0)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST …/take: take it over from the person whom the form names (E20)."""

        def act(given: FormFields) -> RespondAction:
            # Without a name any holder counts as somebody else, and nothing changes.
            return partial(self._engine.take, holder=text_field(given, "from"))

        return await self._act(request, act, below=1)

    async def undo(self, request: web.Request) -> web.StreamResponse:
        """POST …/undo: it is unacknowledged then, and reminders and escalation go on.

        With `back` a take-over is undone, and the former holder has it again.
        """

        def act(given: FormFields) -> RespondAction:
            back = text_field(given, "back")
            return self._engine.give_back if back else self._engine.unacknowledge

        return await self._act(request, act, below=1)

    async def _act(
        self, request: web.Request, choose: Callable[[FormFields], RespondAction], below: int
    ) -> web.Response:
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=below)
        if isinstance(link, web.Response):
            return link
        given = await read_form(request)
        who = link.claim.person or person_in_form(given, self._engine.plan)
        number = link.claim.number
        if not who:
            stored = await load_incident(self._engine, number)
            error = "Please say who you are."
            return self._page(link, stored, "", error=error, status=422)
        try:
            response: ActionResult | None = await choose(given)(number, who, "link")
        except KeyError:
            response = None
        stored = await load_incident(self._engine, number)
        error = _RESPONSE_TEXTS.get(response.answer, "") if below and response else ""
        return self._page(link, stored, who, error=error)

    def _page(
        self,
        link: SignedLink,
        stored: StoredIncident | None,
        reader: str,
        *,
        error: str = "",
        status: int = 200,
    ) -> web.Response:
        if stored is None:
            return incident_gone(link)
        plan, now = self._engine.plan, self._engine.now()
        it = build_incident_view(stored, plan, now, zone_for(plan, reader), reader)
        context: dict[str, Any] = {
            "it": it,
            "up": link.up,
            "here": link.here,
            "error": error,
            "buttons": buttons(stored, plan, now, reader),
            "covers_title": _covers_title(stored, now, it.firing),
            "choose": not link.claim.person,
            "chosen": reader,
            "people": people_choices(plan, now),
            "silence_link": "" if stored.is_over(now) else f"{link.here}/silence",
        }
        return page("ack.html", context, status=status)


def text_field(given: FormFields, name: str) -> str:
    """Return a form's field, empty if it is missing."""
    return given.get(name, "")


def _covers_title(stored: StoredIncident, now: float, firing: int) -> str:
    if stored.is_over(now):
        return "What it was"
    if stored.incident.ack is not None:
        return "What is firing"
    return "It covers this alert" if firing == 1 else f"It covers these {firing} alerts"


def add_routes(app: web.Application) -> None:
    """The acknowledge pages."""
    handlers = AcknowledgePages(app[ENGINE])
    app.router.add_head("/ack/{token}", head_only)
    app.router.add_get("/ack/{token}", with_error_page(handlers.show), allow_head=False)
    app.router.add_post("/ack/{token}", with_error_page(handlers.acknowledge))
    app.router.add_post("/ack/{token}/take", with_error_page(handlers.take))
    app.router.add_post("/ack/{token}/undo", with_error_page(handlers.undo))

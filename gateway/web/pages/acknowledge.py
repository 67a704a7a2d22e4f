"""Pages of the links in messages: show an incident, acknowledge it, take it over, undo.

GET and HEAD change nothing (Promise 5): mail scanners open every link, some with a browser. Only
POST from the page acknowledges, and it can be undone there. The token alone grants this; it is
never logged, and the pages send no referrer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, ActorKind
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.plan.references import UnknownReferenceError, check_reference
from gateway.flow.engine import Engine
from gateway.web.explain.names import zone_for
from gateway.web.http.errors import RequestError
from gateway.web.http.forms import read_form
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.pages.action_forms import FormError, action_forms, arguments_of
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
    ActionOutcome.NOT_ACKNOWLEDGED: "It was not acknowledged, so there was nothing to undo.",
    ActionOutcome.RESOLVED: "It was already resolved.",
    ActionOutcome.HELD: "Nothing changed: another person was faster.",
    ActionOutcome.NOT_GIVEN_BACK: "It cannot be given back any more: only for ten minutes, "
    "and while the former acknowledgement has not expired.",
}


FormFields = Mapping[str, str]
ChosenAction = tuple[ActionName, Mapping[str, Any]]
"""An action and its arguments."""


class AcknowledgePages:
    """Handlers of /ack/{token}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the incident and the buttons. Change nothing."""
        link = resolve_link(self._engine, request)
        if isinstance(link, web.Response):
            return link
        stored = await load_incident(self._engine, link.claim.number)
        return self._page(link, stored, link.claim.person)

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        """Acknowledge. A second person sees the name of the first (E20)."""
        return await self._act(request, lambda form: (ActionName.ACK, {}), below=0)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take over from the person whom the form names (E20)."""

        def act(form: FormFields) -> ChosenAction:
            # Without a name any holder counts as somebody else, and nothing changes.
            return ActionName.TAKE, {"holder": text_field(form, "from")}

        return await self._act(request, act, below=1)

    async def undo(self, request: web.Request) -> web.StreamResponse:
        """Undo the acknowledgement: reminders and escalation continue.

        With `back` in the form a take-over is undone, and the former acknowledgement is restored.
        """

        def act(form: FormFields) -> ChosenAction:
            return ActionName.BACK if text_field(form, "back") else ActionName.UNACK, {}

        return await self._act(request, act, below=1)

    async def do(self, request: web.Request) -> web.StreamResponse:
        """Do what a form of the page says; show what was done, or why not."""
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=2)
        if isinstance(link, web.Response):
            return link
        form, number = await read_form(request), link.claim.number
        try:
            name = ActionName(request.match_info["action"])
        except ValueError:
            raise RequestError(404, "there is no such action") from None
        person = link.claim.person or person_in_form(form, self._engine.plan)
        stored = await load_incident(self._engine, number)
        if stored is None:
            return incident_gone(link)
        if not person:
            return self._page(link, stored, "", error="Please choose who you are.", status=422)
        actor = Actor(ActorKind.PERSON, person, "link", verified=bool(link.claim.person))
        try:
            arguments, other = arguments_of(name, form, self._engine.now())
            if name is ActionName.PAGE:
                check_reference(self._engine.plan, form.get("notify", ""))
            response = await self._engine.act(number, name, actor, other, **arguments)
        except (FormError, UnknownReferenceError) as error:
            return self._page(link, stored, person, error=str(error), status=422)
        except KeyError as missing:
            error_text = f"There is no incident #{missing.args[0]}."
            return self._page(link, stored, person, error=error_text, status=422)
        stored = await load_incident(self._engine, number)
        if response.decision is None:
            text = response.why or _RESPONSE_TEXTS.get(response.answer, response.answer.value)
            text = f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
            return self._page(link, stored, person, error=text, status=409)
        return self._page(link, stored, person, done=f"Done: {response.answer.value}")

    async def _act(
        self, request: web.Request, choose: Callable[[FormFields], ChosenAction], below: int
    ) -> web.Response:
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=below)
        if isinstance(link, web.Response):
            return link
        form = await read_form(request)
        person = link.claim.person or person_in_form(form, self._engine.plan)
        number = link.claim.number
        if not person:
            stored = await load_incident(self._engine, number)
            error = "Please choose who you are."
            return self._page(link, stored, "", error=error, status=422)
        proven = bool(link.claim.person)
        actor = Actor(ActorKind.PERSON, person, "link", verified=proven)
        name, arguments = choose(form)
        try:
            response: ActionResult | None = await self._engine.act(number, name, actor, **arguments)
        except KeyError:
            response = None
        stored = await load_incident(self._engine, number)
        error = _RESPONSE_TEXTS.get(response.answer, "") if below and response else ""
        return self._page(link, stored, person, error=error)

    def _page(
        self,
        link: SignedLink,
        stored: StoredIncident | None,
        reader: str,
        *,
        error: str = "",
        done: str = "",
        status: int = 200,
    ) -> web.Response:
        if stored is None:
            return incident_gone(link)
        plan, now = self._engine.plan, self._engine.now()
        zone, url = zone_for(plan, reader), self._engine.links.external_url
        view = build_incident_view(stored, plan, now, zone, url, reader)
        context: dict[str, Any] = {
            "it": view,
            "up": link.up,
            "here": link.here,
            "error": error,
            "done": done,
            "forms": action_forms(stored, plan, reader),
            "buttons": buttons(stored, plan, now, reader),
            "covers_title": _covers_title(stored, now, view.firing),
            "choose": not link.claim.person,
            "chosen": reader,
            "people": people_choices(plan, now),
            "silence_link": "" if stored.is_over(now) else f"{link.here}/silence",
        }
        return page("ack.html", context, status=status)


def text_field(form: FormFields, name: str) -> str:
    """Return a field of the form, empty if missing."""
    return form.get(name, "")


def _covers_title(stored: StoredIncident, now: float, firing: int) -> str:
    if stored.is_over(now):
        return "Alerts"
    if stored.incident.ack is not None:
        return "Firing alerts"
    return "It covers this alert" if firing == 1 else f"It covers these {firing} alerts"


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    handlers = AcknowledgePages(app[ENGINE])
    app.router.add_head("/ack/{token}", head_only)
    app.router.add_get("/ack/{token}", with_error_page(handlers.show), allow_head=False)
    app.router.add_post("/ack/{token}", with_error_page(handlers.acknowledge))
    app.router.add_post("/ack/{token}/take", with_error_page(handlers.take))
    app.router.add_post("/ack/{token}/do/{action}", with_error_page(handlers.do))
    app.router.add_post("/ack/{token}/undo", with_error_page(handlers.undo))

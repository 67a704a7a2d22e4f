"""Page of the link in a swap request: what is exchanged, accept, decline.

GET and HEAD change nothing, because mail scanners open every link. The link was sent to the person
who is asked, so it proves who accepts.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.core.actor import Actor, verified_person
from gateway.core.oncall.change_text import span_text
from gateway.core.oncall.rejected import ChangeError, UnknownChangeError
from gateway.core.oncall.swaps import Swap, SwapState
from gateway.core.plan.plan import Plan
from gateway.core.time.spans import Span
from gateway.flow.engine import Engine
from gateway.flow.oncall.plan_in_force import ConcurrentChangesError
from gateway.flow.oncall.swaps import SwapOutcome
from gateway.links import Purpose
from gateway.render.view.clean import clean
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import message_page, page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.signed_link import SignedLink, head_only, resolve_link

SwapAction = Callable[[int, Actor], Awaitable[SwapOutcome]]

_TONES = {SwapState.OPEN: "warning", SwapState.ACCEPTED: "ok"}


class SwapPages:
    """Handlers of /swap/{token}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the swap and the buttons. Change nothing."""
        link = resolve_link(self._engine, request, purpose=Purpose.SWAP)
        if isinstance(link, web.Response):
            return link
        return await self._page(link)

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Accept the swap; somebody who accepts twice sees that it is accepted."""
        return await self._act(request, self._engine.swaps.accept, below=0)

    async def decline(self, request: web.Request) -> web.StreamResponse:
        """Decline the swap."""
        return await self._act(request, self._engine.swaps.decline, below=1)

    async def _act(self, request: web.Request, act: SwapAction, below: int) -> web.StreamResponse:
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=below, purpose=Purpose.SWAP)
        if isinstance(link, web.Response):
            return link
        error = ""
        try:
            await act(link.claim.number, verified_person(link.claim.person, "link"))
        except UnknownChangeError:
            pass  # the page says so
        except (ChangeError, ConcurrentChangesError) as refused:
            error = f"Nothing changed: {refused}."
        return await self._page(link, error)

    async def _page(self, link: SignedLink, error: str = "") -> web.Response:
        plan, now = self._engine.plan, self._engine.now()
        try:
            swap = await self._engine.swaps.get(link.claim.number)
        except UnknownChangeError:
            text = "It is older than the database."
            return message_page("There is no such swap", text, status=404, up=link.up)
        state = swap.state_at(now)
        context = {
            "swap": _view(swap, plan),
            "state": state.value,
            "tone": _TONES.get(state, "resolved"),
            "open": state is SwapState.OPEN,
            "answer": _answer_text(swap, plan),
            "error": clean(error, 300),
            "up": link.up,
            "here": link.here,
        }
        return page("swap.html", context)


def _view(swap: Swap, plan: Plan) -> dict[str, str | int]:
    rota = plan.rotas.get(swap.rota)
    zone = zone_for(plan, swap.other)
    return {
        "id": swap.id,
        "rota": clean(swap.rota, 100),
        "person": clean(name_of(plan, swap.person), 80),
        "other": clean(name_of(plan, swap.other), 80),
        "gives": _span(swap.gives, zone),
        "takes": _span(swap.takes, zone) if swap.takes else "",
        "why": clean(swap.why, 300),
        "zone": rota.zone if rota and rota.zone != zone else "",
    }


def _span(span: Span, zone: str) -> str:
    return span_text(span.start, span.end, zone)


def _answer_text(swap: Swap, plan: Plan) -> str:
    """Return who answered it, or why it is void; empty while it is open."""
    if swap.answer is None:
        return ""
    if swap.answer.reason:
        return clean(swap.answer.reason, 200)
    return f"by {clean(name_of(plan, swap.answer.actor.id), 80)}"


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    handlers = SwapPages(app[ENGINE])
    app.router.add_head("/swap/{token}", head_only)
    app.router.add_get("/swap/{token}", with_error_page(handlers.show), allow_head=False)
    app.router.add_post("/swap/{token}", with_error_page(handlers.accept))
    app.router.add_post("/swap/{token}/decline", with_error_page(handlers.decline))

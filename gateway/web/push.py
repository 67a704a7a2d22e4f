"""Acknowledgements by the button of a push message: one tap, one POST, no page.

The token is in a header, because URLs are logged by proxies. It is one person's and one incident's,
valid for a short time, and does nothing else. Nothing is read from a browser's state, so any origin
may ask: the web app of a push server does.
"""

from aiohttp import web

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.flow.engine import Engine
from gateway.links import ExpiredLinkError, ForgedLinkError, Purpose
from gateway.web.explain.names import name_of
from gateway.web.http.keys import ENGINE
from gateway.web.http.refusals import RefusalKind, record_refusal

PATH = "/push/acknowledge"
_SCHEME = "Bearer "
_ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization",
}


class PushButtons:
    """The handler of the buttons."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def acknowledge(self, request: web.Request) -> web.Response:
        """Acknowledge, and say what is so: 200 also if somebody else was faster."""
        header = request.headers.get("Authorization", "")
        token = header.removeprefix(_SCHEME) if header.startswith(_SCHEME) else ""
        try:
            claim = self._engine.links.read(Purpose.PUSH, token, self._engine.now())
        except ExpiredLinkError as expired:
            record_refusal(request, RefusalKind.EXPIRED_LINK, "expired button of a push message")
            number = expired.claim.number
            return _answer(410, f"This button has expired: open incident #{number}.")
        except ForgedLinkError:
            record_refusal(request, RefusalKind.FORGED_LINK, "push message with a wrong token")
            return _answer(401, "This button was not made here.")
        actor = verified_person(claim.person, "push")
        try:
            result = await self._engine.act(claim.number, ActionName.ACK, actor)
        except KeyError:
            return _answer(404, f"There is no incident #{claim.number}.")
        return _answer(200, f"#{claim.number}: {self._text(result, claim.person)}")

    def _text(self, result: ActionResult, person: str) -> str:
        ack = result.incident.ack
        if result.answer is ActionOutcome.ALREADY and ack is not None and ack.by != person:
            return f"{name_of(self._engine.plan, ack.by)} has acknowledged it already"
        return result.answer.value


def _answer(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers=_ANY_ORIGIN)


async def allow_any_origin(request: web.Request) -> web.Response:
    """Answer a browser that asks whether it may send the request."""
    return web.Response(status=204, headers=_ANY_ORIGIN)


def add_routes(app: web.Application) -> None:
    """Add the endpoint."""
    app.router.add_post(PATH, PushButtons(app[ENGINE]).acknowledge)
    app.router.add_options(PATH, allow_any_origin)

"""The pages behind the links in messages: look, take it, give it back.

GET and HEAD change nothing (Promise 5): mail scanners open every link, some with a browser. Only a
person's POST from the page acknowledges, and that can be undone there too. The token is the whole
right to do so; it is never logged, and the pages send no referrer.
"""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.core.escape import one_line
from gateway.core.plan import Plan
from gateway.core.respond import Answer, Response
from gateway.core.rota import on_call
from gateway.flow.engine import Engine
from gateway.links import Claim, LinkExpired, LinkForged
from gateway.web.keys import ENGINE
from gateway.web.look import Seen, look, name_of, picture, zone_for
from gateway.web.origin import is_prefetch, refuse_foreign
from gateway.web.pages import message_page, page
from gateway.web.people import for_people

LONGEST_NAME = 80

_AFTERWARDS = {
    Answer.NOT_ACKNOWLEDGED: "Nobody has it, so there was nothing to undo.",
    Answer.RESOLVED: "It was over before that.",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came by which link, and how far below the root the page is."""

    claim: Claim
    token: str
    up: str  # relative, so that a proxy may serve us under any path
    deeper: bool = False

    @property
    def here(self) -> str:
        """The link's own page, as seen from this one."""
        return f"../{self.token}" if self.deeper else self.token


class Acknowledging:
    """The handlers of /ack/{token}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: who, what, since when, and a button. Changes nothing."""
        visit = self._visit(request)
        if isinstance(visit, web.Response):
            return visit
        seen = await look(self._engine, visit.claim.number)
        return self._page(visit, seen, visit.claim.who)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST: acknowledge. The second one learns who has it (E20)."""
        return await self._act(request, deeper=False)

    async def give_back(self, request: web.Request) -> web.StreamResponse:
        """POST …/undo: what was taken by mistake goes back, reminders and escalation go on."""
        return await self._act(request, deeper=True)

    async def _act(self, request: web.Request, deeper: bool) -> web.Response:
        refuse_foreign(request, self._engine.links.external_url)
        visit = self._visit(request, deeper)
        if isinstance(visit, web.Response):
            return visit
        who = visit.claim.who or await self._chosen(request)
        number = visit.claim.number
        if not who:
            seen = await look(self._engine, number)
            error = "Please say who you are."
            return self._page(visit, seen, "", error=error, status=422)
        act = self._engine.unacknowledge if deeper else self._engine.acknowledge
        try:
            response: Response | None = await act(number, who, "link")
        except KeyError:
            response = None
        seen = await look(self._engine, number)
        error = _AFTERWARDS.get(response.answer, "") if deeper and response else ""
        return self._page(visit, seen, who, error=error)

    def _visit(self, request: web.Request, deeper: bool = False) -> Visit | web.Response:
        """The visit, or the page that says why there is none."""
        up = "../../" if deeper else "../"
        if is_prefetch(request):
            said = "Opening a link ahead of time changes nothing here. Open it again."
            return message_page("Not loaded ahead", said, status=403, up=up)
        token = request.match_info["token"]
        try:
            claim = self._engine.links.read(token, self._engine.now())
        except LinkExpired as expired:
            number = expired.claim.number
            return message_page(
                "This link has expired",
                "Links in messages work for a limited time, so that an old one cannot do harm.",
                f"Use the newest message of the incident, or the command: gateway ack {number}",
                status=410,
                up=up,
                number=number,
            )
        except LinkForged:
            said = (
                "It is incomplete, or was changed on its way. Some mail programs break long links "
                "in two: copy the whole link from the message, or use a newer message."
            )
            return message_page("This link is not valid", said, status=404, up=up)
        return Visit(claim, token, up, deeper)

    async def _chosen(self, request: web.Request) -> str:
        """Who the form says it is: one of the configured people, any name only without any."""
        given = (await request.post()).get("person", "")
        name = one_line(given, LONGEST_NAME) if isinstance(given, str) else ""
        people = self._engine.plan.people
        return name if not people or name in people else ""

    def _page(
        self, visit: Visit, seen: Seen | None, reader: str, *, error: str = "", status: int = 200
    ) -> web.Response:
        if seen is None:
            said = "It was long ago, and its records have been removed."
            title = f"There is no incident #{visit.claim.number}"
            return message_page(title, said, status=404, up=visit.up)
        plan, now = self._engine.plan, self._engine.now()
        it = picture(seen, plan, now, zone_for(plan, reader), reader)
        context: dict[str, Any] = {
            "it": it,
            "up": visit.up,
            "here": visit.here,
            "undo_action": f"{visit.here}/undo",
            "error": error,
            "ack_label": _ack_label(seen, plan, now, reader),
            "undo_label": _undo_label(seen, plan, now, reader),
            "covers_title": _covers_title(seen, now, it.firing),
            "choose": not visit.claim.who,
            "chosen": reader,
            "people": _people(plan, now),
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


def _people(plan: Plan, now: float) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (id, name) to choose from, those on call first."""
    first = dict.fromkeys(one for rota in plan.rotas.values() for one in on_call(rota, now))
    rest = [one for one in plan.people if one not in first]
    groups = (("On call now", [one for one in first if one in plan.people]), ("Everybody", rest))
    return [
        (title, sorted(((one, name_of(plan, one)) for one in ids), key=lambda pair: pair[1]))
        for title, ids in groups
        if ids
    ]


async def nothing(request: web.Request) -> web.StreamResponse:
    """HEAD: says that there is a page, and looks at nothing."""
    return page("empty.html", {})


def add_routes(app: web.Application) -> None:
    """The acknowledge pages."""
    handlers = Acknowledging(app[ENGINE])
    app.router.add_head("/ack/{token}", nothing)
    app.router.add_get("/ack/{token}", for_people(handlers.show), allow_head=False)
    app.router.add_post("/ack/{token}", for_people(handlers.take))
    app.router.add_post("/ack/{token}/undo", for_people(handlers.give_back))

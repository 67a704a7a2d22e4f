"""Pages of runbooks: the list, one of them, and the one of an incident by its signed link."""

import asyncio
from hashlib import sha256

from aiohttp import web

from gateway.core.plan.link_checks import LinkResult
from gateway.core.plan.runbooks import Runbook
from gateway.flow.engine import Engine
from gateway.render.view.times import clock_time
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import STYLE, message_page, page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import build_incident_view, load_incident
from gateway.web.pages.runbook_html import runbook_html
from gateway.web.pages.signed_link import head_only, incident_gone, resolve_link

LONGEST_NAME = 100


class RunbookPages:
    """Handlers of /runbooks, /runbooks/{name} and /ack/{token}/runbook."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Show the titles of all runbooks."""
        plan = self._engine.plan
        runbooks = plan.runbooks
        missing = self._engine.dispatcher.without_runbook.list(runbooks)
        links = await self._engine.link_checker.report()
        zone, now = zone_for(plan), self._engine.now()
        checked_at = max((one.checked_at for one in links.results), default=None)
        context = {
            "missing": [
                (plan.team_name(one.team) or "no team", one.alertname or "no name", one.incidents)
                for one in missing
            ],
            "links": {
                "is_on": links.is_on,
                "count": len(links.results),
                "checked": None if checked_at is None else clock_time(checked_at, zone, now),
                "dead": [_link_row(one, zone, now) for one in links.results if one.failures],
            },
            "rows": sorted((one.title, one.name) for one in runbooks.pages.values()),
            "url": runbooks.url,
            "declared": runbooks.declared,
            "up": "./",
        }
        return page("runbooks.html", context)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """Show a runbook by the name of its file; names are looked up, never opened."""
        name = request.match_info["name"]
        runbook = self._engine.plan.runbooks.find(name) if len(name) <= LONGEST_NAME else None
        if runbook is None:
            return message_page(
                "There is no such runbook",
                "Its file may have been renamed, or it is not loaded yet: reload routes.yaml.",
                status=404,
                up="../",
                home=True,
            )
        return await _page(request, runbook, up="../", pages="")

    async def of_incident(self, request: web.Request) -> web.StreamResponse:
        """Show the runbook of the incident of a signed link."""
        engine = self._engine
        link = resolve_link(engine, request, below=1)
        if isinstance(link, web.Response):
            return link
        stored = await load_incident(engine, link.claim.number)
        if stored is None:
            return incident_gone(link)
        plan, now = engine.plan, engine.now()
        zone = zone_for(plan, link.claim.person)
        url = engine.links.external_url
        runbook = build_incident_view(stored, plan, now, zone, url).runbook
        if runbook is None:
            text = "Its alert names none, and no file of the folder has the alert's name."
            return message_page("It has no runbook here", text, status=404, up=link.up)
        return await _page(
            request, runbook, up=link.up, pages=f"{link.up}runbooks/", back=link.here
        )


def _link_row(one: LinkResult, zone: str, now: float) -> dict[str, str]:
    since = clock_time(one.failed_since or one.checked_at, zone, now)
    return {
        "url": one.url,
        "detail": one.detail,
        "since": since if one.is_dead else f"{since}, to be checked again",
        "positions": ", ".join(one.positions[:10]) + (" …" if one.positions[10:] else ""),
    }


async def _page(
    request: web.Request, runbook: Runbook, *, up: str, pages: str, back: str = ""
) -> web.Response:
    """Return a runbook's page, or 304 for one that the reader's browser stores.

    `pages` is the relative path to other runbooks, `back` that to the page of a signed link.
    """
    etag = sha256(f"{STYLE}\0{back}\0{runbook.name}\0{runbook.text}".encode()).hexdigest()[:32]
    html = await asyncio.to_thread(runbook_html, runbook.text, pages)
    context = {"title": runbook.title, "html": html, "up": up, "back": back}
    # A reader on a bad connection keeps the page, and asks each time whether it is the newest.
    response = page("runbook.html", context, headers={"Cache-Control": "private, no-cache"})
    response.etag = etag
    if any(one.value in (etag, "*") for one in request.if_none_match or ()):
        headers = {name: response.headers[name] for name in ("ETag", "Cache-Control")}
        return web.Response(status=304, headers=headers)
    return response


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    pages = RunbookPages(app[ENGINE])
    app.router.add_get("/runbooks", with_error_page(require_read_access(pages.list)))
    app.router.add_get("/runbooks/{name}", with_error_page(require_read_access(pages.one)))
    app.router.add_head("/ack/{token}/runbook", head_only)
    path = "/ack/{token}/runbook"
    app.router.add_get(path, with_error_page(pages.of_incident), allow_head=False)

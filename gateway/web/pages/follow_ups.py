"""Page of an incident's follow-up items, reached by its signed link: shown, added, done.

GET and HEAD change nothing (Promise 5). Anyone who may acknowledge by the link may add items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from aiohttp import web

from gateway.core.actor import Actor, ActorKind
from gateway.core.incidents.follow_up import LONGEST_TEXT, FollowUp, FollowUpChange
from gateway.core.plan.plan import Plan
from gateway.core.time.wallclock import instant, load_zone, wall_time
from gateway.flow.engine import Engine
from gateway.flow.follow_ups.follow_ups import FollowUpError, UnknownFollowUpError
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.forms import read_form
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import build_incident_view, load_incident
from gateway.web.pages.signed_link import (
    SignedLink,
    head_only,
    incident_gone,
    people_choices,
    person_in_form,
    resolve_link,
)

CHOOSE = "Please choose who you are."
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the list. `state` is open, overdue or done; `due` is a day like 2026-12-24."""

    id: int
    text: str
    state: str
    details: str
    owner: str
    due: str


class _Posted(NamedTuple):
    """What a form says: by whose link, who posts it, about which item, and its fields."""

    link: SignedLink
    person: str
    item: FollowUp
    form: Mapping[str, str]


class FollowUpPages:
    """Handlers of /ack/{token}/follow-ups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the items and the form. Change nothing."""
        link = resolve_link(self._engine, request, below=1)
        if isinstance(link, web.Response):
            return link
        return await self._page(link, link.claim.person)

    async def add(self, request: web.Request) -> web.StreamResponse:
        """Add an item."""
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=1)
        if isinstance(link, web.Response):
            return link
        form = await read_form(request)
        person = link.claim.person or person_in_form(form, self._engine.plan)
        if not person:
            return await self._page(link, "", error=CHOOSE, status=422)
        text, owner = form.get("text", ""), form.get("owner", "")
        actor = _actor(link, person)
        try:
            due_at = _due_at(form.get("due", ""), zone_for(self._engine.plan, person))
            await self._engine.follow_ups.add(link.claim.number, actor, text, owner, due_at)
        except (FollowUpError, ValueError) as error:
            return await self._page(link, person, error=f"{error}.", status=422)
        except UnknownFollowUpError:
            return incident_gone(link)
        return await self._page(link, person)

    async def mark(self, request: web.Request) -> web.StreamResponse:
        """Mark an item of the incident as done, or as open again."""
        posted = await self._posted(request, below=2)
        if isinstance(posted, web.Response):
            return posted
        link, person, item, form = posted
        done = form.get("done") == "yes"
        await self._engine.follow_ups.set_done(item.id, _actor(link, person), done=done)
        return await self._page(link, person)

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Change text, owner or date of an item of the incident."""
        posted = await self._posted(request, below=3)
        if isinstance(posted, web.Response):
            return posted
        link, person, item, form = posted
        try:
            due_at = _changed_due(item, form.get("due", ""), zone_for(self._engine.plan, person))
            change = FollowUpChange(
                form.get("text", item.text), form.get("owner", item.owner), due_at, due_at is None
            )
            await self._engine.follow_ups.change(item.id, _actor(link, person), change)
        except (FollowUpError, ValueError) as error:
            return await self._page(link, person, error=f"{error}.", status=422)
        return await self._page(link, person)

    async def _posted(self, request: web.Request, below: int) -> "_Posted | web.Response":
        """Return what a form about one item says, or the answer if it may not be acted on."""
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=below)
        if isinstance(link, web.Response):
            return link
        form = await read_form(request)
        person = link.claim.person or person_in_form(form, self._engine.plan)
        if not person:
            return await self._page(link, "", error=CHOOSE, status=422)
        items = await self._engine.follow_ups.of_incident(link.claim.number)
        id_ = int(request.match_info["item"])
        item = next((one for one in items if one.id == id_), None)
        if item is None:  # the link grants this incident and no other
            error = "The incident has no such item."
            return await self._page(link, person, error=error, status=404)
        return _Posted(link, person, item, form)

    async def _page(
        self, link: SignedLink, reader: str, *, error: str = "", status: int = 200
    ) -> web.Response:
        engine, plan, now = self._engine, self._engine.plan, self._engine.now()
        stored = await load_incident(engine, link.claim.number)
        if stored is None:
            return incident_gone(link)
        zone = zone_for(plan, reader)
        items = await engine.follow_ups.of_incident(link.claim.number)
        context = {
            "it": build_incident_view(stored, plan, now, zone, engine.links.external_url, reader),
            "here": link.here,
            "items": item_rows(items, plan, zone, now),
            "owners": [(one.id, one.name) for one in plan.people.values()],
            "longest": LONGEST_TEXT,
            "error": error,
            "choose": not link.claim.person,
            "chosen": reader,
            "people": people_choices(plan, now),
        }
        return page("follow_ups.html", context, status=status)


def item_rows(items: Sequence[FollowUp], plan: Plan, zone: str, now: float) -> list[ItemRow]:
    """Return items for a list: what is open first, then what is done, each the oldest first."""
    return [_row(one, plan, zone, now) for one in sorted(items, key=lambda one: not one.open)]


def _row(item: FollowUp, plan: Plan, zone: str, now: float) -> ItemRow:
    details = [name_of(plan, item.owner)] if item.owner else ["nobody has taken it"]
    if item.open and item.due_at is not None:
        details.append(f"due {clock_time(item.due_at, zone, now)}")
    if item.done_at is not None:
        by = f" by {name_of(plan, item.done_by)}" if item.done_by else ""
        details = [f"done {clock_time(item.done_at, zone, now)}{by}"]
    state = "overdue" if item.overdue(now) else "open" if item.open else "done"
    due = "" if item.due_at is None else wall_time(item.due_at, load_zone(zone)).date().isoformat()
    text = clean(item.text, LONGEST_TEXT)
    return ItemRow(item.id, text, state, ", ".join(details), item.owner, due)


def _due_at(text: str, zone: str) -> float | None:
    """Return the end of a day of the form's date field; None without one. Raises ValueError."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("The date is not understood: write 2026-12-24") from None
    return instant(datetime.combine(day, LAST_MINUTE), load_zone(zone))


def _changed_due(item: FollowUp, text: str, zone: str) -> float | None:
    """Return the date of a form about an item; its own, to the minute, if the day is the same."""
    due_at = _due_at(text, zone)
    if due_at is None or item.due_at is None:
        return due_at
    days = (wall_time(one, load_zone(zone)).date() for one in (due_at, item.due_at))
    return item.due_at if len(set(days)) == 1 else due_at


def _actor(link: SignedLink, person: str) -> Actor:
    return Actor(ActorKind.PERSON, person, "link", verified=bool(link.claim.person))


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handlers = FollowUpPages(app[ENGINE])
    path = "/ack/{token}/follow-ups"
    app.router.add_head(path, head_only)
    app.router.add_get(path, with_error_page(handlers.show), allow_head=False)
    app.router.add_post(path, with_error_page(handlers.add))
    app.router.add_post(path + r"/{item:\d{1,15}}", with_error_page(handlers.mark))
    app.router.add_post(path + r"/{item:\d{1,15}}/change", with_error_page(handlers.change))

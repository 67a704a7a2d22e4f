"""Page that silences an incident, reached by a signed link as for acknowledging.

The page shows what would be silenced: the incident's matchers and the alerts that match now. GET
and HEAD change nothing (Promise 5); the button's POST does, and can be undone there. A link
silences only its own incident, for at most a day at once, and only while the incident is open.
"""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.core.incidents.silence import Silence, SilenceError
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.text import write_matcher
from gateway.core.plan.plan import Plan
from gateway.core.routing.silence_scope import incident_matchers
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.flow.silences.of_incident import TOO_WIDE, active_silences, silence_incident
from gateway.flow.silences.silences import SilenceNotFoundError
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.forms import read_form
from gateway.web.http.keys import ENGINE
from gateway.web.http.origin import refuse_foreign
from gateway.web.pages import page
from gateway.web.pages.alert_lines import alert_line
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import (
    ALERTS_SHOWN,
    StoredIncident,
    build_incident_view,
    load_incident,
)
from gateway.web.pages.signed_link import (
    SignedLink,
    head_only,
    incident_gone,
    people_choices,
    person_in_form,
    resolve_link,
)

DURATIONS = {
    1800: "30 minutes",
    3600: "1 hour",
    2 * 3600: "2 hours",
    4 * 3600: "4 hours",
    8 * 3600: "8 hours",
    24 * 3600: "24 hours",
}
"""Durations that the page offers: seconds and text."""

DEFAULT_DURATION = 2 * 3600

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class ActiveSilence:
    """An active silence, in texts."""

    until: str
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class SilenceForm:
    """The content of the form, which the page shows again."""

    length: int = DEFAULT_DURATION
    reason: str = ""
    person: str = ""
    error: str = ""


class SilenceFormPages:
    """Handlers of /ack/{token}/silence."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show what would be silenced, and the form. Change nothing."""
        link = resolve_link(self._engine, request, below=1)
        if isinstance(link, web.Response):
            return link
        return await self._page(link, SilenceForm(person=link.claim.person))

    async def make(self, request: web.Request) -> web.StreamResponse:
        """Silence the incident. A form sent twice updates the silence and creates no second."""
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=1)
        if isinstance(link, web.Response):
            return link
        fields = await read_form(request)
        person = link.claim.person or person_in_form(fields, self._engine.plan)
        reason, length = _text(fields.get("why", "")), _text(fields.get("for", ""))
        submitted = SilenceForm(
            int(length) if length in map(str, DURATIONS) else DEFAULT_DURATION, reason, person
        )
        stored = await load_incident(self._engine, link.claim.number)
        if stored is None:
            return incident_gone(link)
        now = self._engine.now()
        error = _missing_field(length, reason, person)
        if error or self._refusal(stored, now):
            return await self._page(
                link, SilenceForm(submitted.length, reason, person, error), status=422
            )
        try:
            await silence_incident(
                self._engine.silences,
                self._engine.plan.root,
                stored.incident,
                now=now,
                seconds=submitted.length,
                created_by=person,
                comment=reason,
            )
        except SilenceError as error:
            text = f"The silence was not saved: {error}."
            return await self._page(
                link, SilenceForm(submitted.length, reason, person, text), status=422
            )
        return await self._page(link, submitted)

    async def end(self, request: web.Request) -> web.StreamResponse:
        """Expire the silences over exactly this incident, by any author."""
        refuse_foreign(request, self._engine.links.external_url)
        link = resolve_link(self._engine, request, below=2)
        if isinstance(link, web.Response):
            return link
        stored = await load_incident(self._engine, link.claim.number)
        if stored is None:
            return incident_gone(link)
        silences, now = self._engine.silences, self._engine.now()
        for one in await active_silences(silences, self._matchers(stored), now):
            try:
                await silences.expire(one.id)
            except SilenceNotFoundError:
                continue  # deleted meanwhile, so it is over
        return await self._page(link, SilenceForm(person=link.claim.person))

    def _matchers(self, stored: StoredIncident) -> tuple[Matcher, ...]:
        incident = stored.incident
        return incident_matchers(self._engine.plan.root, incident.route_id, incident.group_labels)

    def _refusal(self, stored: StoredIncident, now: float) -> str:
        number = stored.incident.number
        if stored.is_over(now):
            return f"Incident #{number} is resolved, so there is nothing to silence."
        if not self._matchers(stored):
            return TOO_WIDE
        return ""

    async def _page(self, link: SignedLink, form: SilenceForm, status: int = 200) -> web.Response:
        engine = self._engine
        stored = await load_incident(engine, link.claim.number)
        if stored is None:
            return incident_gone(link)
        plan, now = engine.plan, engine.now()
        zone, url = zone_for(plan, form.person), engine.links.external_url
        matchers, refusal = self._matchers(stored), self._refusal(stored, now)
        count, alerts = (
            (0, []) if refusal else await engine.silences.preview(matchers, ALERTS_SHOWN)
        )
        context: dict[str, Any] = {
            "it": build_incident_view(stored, plan, now, zone, url, form.person),
            "here": link.here,
            "active": [
                _active_silence(one, plan, zone, now)
                for one in await active_silences(engine.silences, matchers, now)
            ],
            "refusal": refusal,
            "matchers": [clean(write_matcher(one), 1000) for one in matchers],
            "count": count,
            "alerts": [alert_line(alert, matchers, zone, now) for alert in alerts],
            "lengths": [
                (seconds, f"{text}, until {clock_time(now + seconds, zone, now)}")
                for seconds, text in DURATIONS.items()
            ],
            "length": form.length,
            "longest_reason": LONGEST_REASON,
            "reason": form.reason,
            "error": form.error,
            "choose": not link.claim.person,
            "chosen": form.person,
            "people": people_choices(plan, now),
        }
        return page("silence.html", context, status=status)


def _missing_field(length: str, reason: str, person: str) -> str:
    if not person:
        return "Please choose who you are."
    if length not in map(str, DURATIONS):
        return "Please choose a duration."
    if not reason:
        return "Please write a reason: colleagues read it at night."
    return ""


def _text(fields: str) -> str:
    return one_line(fields, LONGEST_REASON)


def _active_silence(silence: Silence, plan: Plan, zone: str, now: float) -> ActiveSilence:
    return ActiveSilence(
        clock_time(silence.ends_at, zone, now),
        name_of(plan, silence.created_by) or "somebody",
        clean(silence.comment, LONGEST_REASON),
    )


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    handlers = SilenceFormPages(app[ENGINE])
    app.router.add_head("/ack/{token}/silence", head_only)
    app.router.add_get("/ack/{token}/silence", with_error_page(handlers.show), allow_head=False)
    app.router.add_post("/ack/{token}/silence", with_error_page(handlers.make))
    app.router.add_post("/ack/{token}/silence/end", with_error_page(handlers.end))

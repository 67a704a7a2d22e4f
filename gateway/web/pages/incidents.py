"""Pages of incidents: the list, and one incident in detail. They change nothing."""

from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.intervals import respond_within
from gateway.core.plan.plan import NEXT_BUSINESS_DAY, Plan
from gateway.core.plan.team import NO_TEAM
from gateway.flow.engine import Engine
from gateway.flow.silences.of_incident import active_silences_of
from gateway.render.view.clean import clean
from gateway.render.view.counts import counts_text
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import tone
from gateway.store import Tx
from gateway.store.queries import lists, urgent
from gateway.store.queries.urgent import Cursor, IncidentFilter
from gateway.web.explain.answers import IncidentExplanation
from gateway.web.explain.incident import explain_incident
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.access import has_write_access, require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import message_page, page
from gateway.web.pages.action_forms import action_forms
from gateway.web.pages.connected import changes_before, connected_incidents
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.follow_ups import item_rows
from gateway.web.pages.incident_history import alert_table, target_histories, timeline_rows
from gateway.web.pages.incident_view import (
    StoredIncident,
    build_incident_view,
    not_notifying_text,
    read_incident,
)
from gateway.web.pages.respond_forms import buttons
from gateway.web.pages.signed_link import people_choices, signed_link

OPEN_SHOWN = 200
RESOLVED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A choice of the list's team filter; `team` is the parameter, empty for all."""

    team: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in the list."""

    number: int
    tone: str
    word: str
    title: str
    text: str


class _ListData(NamedTuple):
    """The data of the list, read in one transaction."""

    open_incidents: urgent.Page
    resolved: urgent.Page
    counts: list[tuple[str, str, int]]


class _IncidentData(NamedTuple):
    """The data of one incident's page, read in one transaction."""

    stored: StoredIncident
    explanation: IncidentExplanation


class IncidentPages:
    """Handlers of / and /incidents/{number}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Show open incidents, the most urgent first, and those resolved last."""

        text = request.query.get("after", "")
        try:
            after = Cursor.parse(text) if text else None
        except ValueError:
            after = None  # a link of an older release: show the beginning of the list

        chosen = request.query.get("team", "")
        team = None if not chosen else "" if chosen == NO_TEAM else chosen
        selection = IncidentFilter("open", team=team)
        resolved = IncidentFilter(State.RESOLVED.value, team=team)

        def read(tx: Tx) -> _ListData:
            return _ListData(
                urgent.page(tx, selection, after=after, limit=OPEN_SHOWN),
                urgent.page(tx, resolved, limit=RESOLVED_SHOWN),
                urgent.counts(tx, selection, self._engine.plan.rank_of),
            )

        data = await self._engine.store.read(read)
        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        public = not has_write_access(request)
        problems = [one for one in self._engine.problems() if not one.ok]
        next_page = data.open_incidents.next
        context = {
            "open_rows": [_row(one, plan, zone, now) for one in data.open_incidents.incidents],
            "resolved_rows": [_row(one, plan, zone, now) for one in data.resolved.incidents],
            "total": sum(count for _, _, count in data.counts),
            "counts": counts_text(data.counts),
            "first": after is None,
            "next": str(next_page) if next_page else "",
            "team": chosen,
            "teams": _team_choices(plan, chosen),
            "shown": OPEN_SHOWN,
            "problems": [f"{one.component}: {one.text_for(public=public)}" for one in problems],
            "up": "./",
        }
        return page("incidents.html", context)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """Show an incident: its state and reasons, timeline, messages and alerts."""
        text = request.match_info["number"]
        number = int(text) if len(text) <= 15 else 0
        engine, plan, now = self._engine, self._engine.plan, self._engine.now()
        zone = zone_for(plan)

        def read(tx: Tx) -> _IncidentData | None:
            stored = read_incident(tx, number)
            explanation = explain_incident(tx, engine, number, zone)
            if stored is None or explanation is None:
                return None
            return _IncidentData(stored, explanation)

        data = await engine.store.read(read)
        if data is None:
            return message_page(
                f"There is no incident #{text[:15]}",
                "Perhaps it was resolved long ago and is past its retention.",
                status=404,
                up="../",
                home=True,
            )
        stored, explanation = data
        view = build_incident_view(
            stored,
            plan,
            now,
            zone,
            engine.links.external_url,
            silences_shown=any(one.silence for one in explanation.reasons),
        )
        rows, earlier = timeline_rows(explanation.timeline, plan, zone, now)
        common = view.facts["common_labels"]
        link = signed_link(request, engine, number, now)
        silences = await active_silences_of(engine.silences, plan.root, stored.incident, now)
        context = {
            "it": view,
            "links": view.all_links,
            "here": f"../{link}" if link else "",
            "buttons": buttons(stored, plan, now, ""),
            "choose": True,
            "chosen": "",
            "people": people_choices(plan, now),
            "forms": action_forms(stored, plan, ""),
            "connected": connected_incidents(stored.incident, zone, now),
            "changes": changes_before(stored.incident, zone, now),
            "silence_link": f"../{link}/silence" if link and not stored.is_over(now) else "",
            "follow_ups": item_rows(await engine.follow_ups.of_incident(number), plan, zone, now),
            "follow_ups_link": f"../{link}/follow-ups" if link else "",
            "end_silence_link": f"../{link}/silence/end" if link and silences else "",
            "reasons": explanation.reasons,
            "labels": [(clean(k, 60), clean(v, 300)) for k, v in sorted(common.items())],
            "receiver": clean(stored.incident.receiver, 100),
            "timeline": rows,
            "earlier": earlier,
            "table": alert_table(stored.members, zone, now),
            "recipients": target_histories(explanation.notices, plan, zone, now),
            "zone": zone,
            "up": "../",
        }
        return page("incident.html", context)


def _row(listed: lists.IncidentSummary, plan: Plan, zone: str, now: float) -> IncidentRow:
    incident = listed.incident
    is_over = not incident.open
    colour = tone(NoticeKind.FIRING, incident.state.value, incident.severity, incident.rank)
    word = "resolved" if is_over else incident.severity or "alert"
    title = clean(listed.title, 200) or "alerts"
    text = _status_text(incident, plan, zone, now)
    if plan.teams:
        team = clean(plan.team_name(incident.team), 60) if incident.team else "no team"
        text = f"{text} · {team}"
    return IncidentRow(incident.number, colour, word, title, text)


def _team_choices(plan: Plan, chosen: str) -> list[TeamChoice]:
    """Return the choices of the filter, none without teams."""
    if not plan.teams:
        return []
    names = {"": "All teams", **{one.id: one.name for one in plan.teams.values()}}
    names[NO_TEAM] = "No team"
    return [TeamChoice(id_, clean(name, 60), id_ == chosen) for id_, name in names.items()]


def _status_text(incident: Incident, plan: Plan, zone: str, now: float) -> str:
    if not incident.open:
        ended_at = incident.resolved_at if incident.resolved_at is not None else now
        lasted = duration(incident.lasted(now))
        text = f"resolved at {clock_time(ended_at, zone, now)} after {lasted}"
        if incident.missed_at is not None:
            text += " · response missed"
        ack = incident.ack
        return f"{text} · {name_of(plan, ack.by)} had acknowledged it" if ack else text
    since = f"for {duration(incident.lasted(now))}"
    if incident.missed_at is not None:
        since = f"response missed · {since}"
    if incident.ack is not None:
        return f"acknowledged by {name_of(plan, incident.ack.by)} · {since}"
    if incident.suppressions:
        return f"{not_notifying_text(incident, zone)} · {since}"
    until = incident.respond_by
    within = respond_within(plan.route(incident.route_id), plan.severity_named(incident.severity))
    if within == NEXT_BUSINESS_DAY and until and now < until:
        return f"waits for the next business day, until {clock_time(until, zone, now)} · {since}"
    if until is None:
        return f"unacknowledged · {since}"
    late = "overdue since" if until <= now else "acknowledge by"
    return f"unacknowledged, {late} {clock_time(until, zone, now)} · {since}"


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    pages = IncidentPages(app[ENGINE])
    app.router.add_get("/", with_error_page(require_read_access(pages.list)))
    app.router.add_get(r"/incidents/{number:\d+}", with_error_page(require_read_access(pages.one)))

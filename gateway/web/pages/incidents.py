"""Pages to look at: the incidents that go on, and one of them in full. They change nothing."""

from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.timeline import TimelineEntry
from gateway.core.plan.plan import NEXT_BUSINESS_DAY, Plan
from gateway.flow.engine import Engine
from gateway.render.view.clean import clean
from gateway.render.view.counts import counts_text
from gateway.render.view.links import links_from
from gateway.render.view.times import clock_time, duration
from gateway.render.view.view import tone
from gateway.store import Tx
from gateway.store.queries import deliveries, lists, urgent
from gateway.store.queries.urgent import Cursor, IncidentFilter
from gateway.store.state import timeline
from gateway.web.explain.inhibited import inhibited
from gateway.web.explain.names import name_of, zone_for
from gateway.web.explain.silenced import Over, silences_over
from gateway.web.http.access import has_write_access
from gateway.web.http.access import require_read_access as require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import message_page, page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_history import alert_table, target_histories, timeline_rows
from gateway.web.pages.incident_view import (
    StoredIncident,
    build_incident_view,
    not_notifying_text,
    read_incident,
)
from gateway.web.pages.respond_forms import buttons
from gateway.web.pages.signed_link import people_choices
from gateway.web.pages.silence_form import signed_link

OPEN_SHOWN = 200
ENDED_SHOWN = 20
OPEN = IncidentFilter("open")


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in the list."""

    number: int
    tone: str
    word: str
    title: str
    text: str


class _IncidentPage(NamedTuple):
    """What the page of one incident is made of."""

    stored: StoredIncident
    entries: list[TimelineEntry]
    notices: list[deliveries.NoticeSummary]
    silences: list[Over]
    inhibitions: list[str]


class IncidentPages:
    """The handlers of / and /incidents/{number}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """GET /: open incidents, the most urgent first, and what was resolved last."""

        text = request.query.get("after", "")
        try:
            after = Cursor.parse(text) if text else None
        except ValueError:
            after = None  # of an older link: the list from its beginning

        def work(
            tx: Tx,
        ) -> tuple[urgent.Page, list[lists.IncidentSummary], list[tuple[str, str, int]]]:
            ended = urgent.page(tx, IncidentFilter(State.RESOLVED.value), limit=ENDED_SHOWN)
            return (
                urgent.page(tx, OPEN, after=after, limit=OPEN_SHOWN),
                list(ended.incidents),
                urgent.counts(tx, OPEN, self._engine.plan.rank_of),
            )

        going, ended, counts = await self._engine.store.read(work)
        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        public = not has_write_access(request)
        ill = [one for one in self._engine.problems() if not one.ok]
        bad = [f"{one.component}: {one.text_for(public)}" for one in ill]
        context = {
            "going": [_row(one, plan, zone, now) for one in going.incidents],
            "ended": [_row(one, plan, zone, now) for one in ended],
            "total": sum(count for _, _, count in counts),
            "counts": counts_text(counts),
            "first": after is None,
            "next": str(going.next) if going.next else "",
            "shown": OPEN_SHOWN,
            "bad": bad,
            "up": "./",
        }
        return page("incidents.html", context)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """GET /incidents/{number}: what it is, what happened, who was told."""
        text = request.match_info["number"]
        number = int(text) if len(text) <= 15 else 0

        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)

        def work(tx: Tx) -> _IncidentPage | None:
            stored = read_incident(tx, number)
            if stored is None:
                return None
            mute_snapshot = self._engine.active_alerts.mute_snapshot(tx)
            return _IncidentPage(
                stored,
                timeline.entries(tx, number),
                deliveries.notices_of(tx, number),
                silences_over(mute_snapshot.silences, stored.members, plan, now, zone),
                inhibited(tx, mute_snapshot, stored.members, now),
            )

        found = await self._engine.store.read(work)
        if found is None:
            said = "Perhaps it was long ago, and its records have been removed."
            title = f"There is no incident #{text[:15]}"
            return message_page(title, said, status=404, up="../", home=True)
        stored, entries, notices, silences, inhibitions = found
        it = build_incident_view(stored, plan, now, zone, silences_shown=bool(silences))
        story, earlier = timeline_rows(entries, zone, now)
        common = it.facts["common_labels"]
        link = "" if stored.is_over(now) else signed_link(request, self._engine, number, now)
        context = {
            "it": it,
            "links": links_from(it.facts),
            "here": f"../{link}" if link else "",
            "buttons": buttons(stored, plan, now, ""),
            "choose": True,
            "chosen": "",
            "people": people_choices(plan, now),
            "silence_link": f"../{link}/silence" if link else "",
            "silences": silences,
            "inhibitions": inhibitions,
            "labels": [(clean(k, 60), clean(v, 300)) for k, v in sorted(common.items())],
            "receiver": clean(stored.incident.receiver, 100),
            "story": story,
            "earlier": earlier,
            "table": alert_table(stored.members, zone, now),
            "audiences": target_histories(notices, plan, zone, now),
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
    return IncidentRow(
        incident.number, colour, word, title, _status_text(incident, plan, zone, now)
    )


def _status_text(incident: Incident, plan: Plan, zone: str, now: float) -> str:
    if not incident.open:
        ended = incident.resolved_at if incident.resolved_at is not None else now
        text = (
            f"resolved at {clock_time(ended, zone, now)}, lasted {duration(incident.lasted(now))}"
        )
        ack = incident.ack
        return f"{text} · {name_of(plan, ack.by)} had acknowledged it" if ack else text
    since = f"for {duration(incident.lasted(now))}"
    if incident.ack is not None:
        return f"{name_of(plan, incident.ack.by)} has it · {since}"
    if incident.suppressions:
        return f"{not_notifying_text(incident, zone)} · {since}"
    severity = plan.severities.get(incident.severity or "")
    until = incident.respond_by
    if severity and severity.respond_within == NEXT_BUSINESS_DAY and until and now < until:
        return f"waits for the next business day, until {clock_time(until, zone, now)} · {since}"
    if until is None:
        return f"unacknowledged · {since}"
    late = "overdue since" if until <= now else "acknowledge by"
    return f"unacknowledged, {late} {clock_time(until, zone, now)} · {since}"


def add_routes(app: web.Application) -> None:
    """The pages for people."""
    pages = IncidentPages(app[ENGINE])
    app.router.add_get("/", with_error_page(require_read_access(pages.list)))
    app.router.add_get(r"/incidents/{number:\d+}", with_error_page(require_read_access(pages.one)))

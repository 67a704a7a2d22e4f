"""Pages to look at: the incidents that go on, and one of them in full. They change nothing."""

from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from gateway.core.incident import Incident, State
from gateway.core.notice import Entry, Kind
from gateway.core.plan import NEXT_BUSINESS_DAY, UNKNOWN_RANK, Plan
from gateway.flow.engine import Engine
from gateway.render.clean import clean
from gateway.render.links import links_from
from gateway.render.times import clock_time, duration
from gateway.render.view import tone
from gateway.store import Tx, reading, timeline
from gateway.web.access import reading as for_readers
from gateway.web.history import alert_table, audiences, events
from gateway.web.inhibited import inhibited
from gateway.web.keys import ENGINE
from gateway.web.look import Seen, name_of, picture, quiet_because, read_incident, zone_for
from gateway.web.pages import message_page, page
from gateway.web.people import for_people
from gateway.web.responding import buttons
from gateway.web.silenced import Over, silences_over
from gateway.web.silencing import signed_link
from gateway.web.visits import to_choose_from

OPEN_SHOWN = 200
ENDED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """An incident in the list."""

    number: int
    tone: str
    word: str
    title: str
    text: str


class _Found(NamedTuple):
    """What the page of one incident is made of."""

    seen: Seen
    entries: list[Entry]
    notices: list[reading.NoticeLine]
    silences: list[Over]
    inhibitions: list[str]


class Looking:
    """The handlers of / and /incidents/{number}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """GET /: what goes on, the worst first, and what ended last."""

        def work(tx: Tx) -> tuple[list[reading.Listed], list[reading.Listed], dict[str, int]]:
            return (
                reading.incidents_page(tx, state="open", limit=OPEN_SHOWN),
                reading.incidents_page(tx, state=State.RESOLVED.value, limit=ENDED_SHOWN),
                reading.counts(tx),
            )

        going, ended, counts = await self._engine.store.read(work)
        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        total = sum(n for state, n in counts.items() if state != State.RESOLVED.value)
        bad = [f"{one.component}: {one.text}" for one in self._engine.problems() if not one.ok]
        context = {
            "going": [_row(one, plan, zone, now) for one in sorted(going, key=_worst_first)],
            "ended": [_row(one, plan, zone, now) for one in ended],
            "total": total,
            "more": max(0, total - len(going)),
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

        def work(tx: Tx) -> _Found | None:
            seen = read_incident(tx, number)
            if seen is None:
                return None
            hush = self._engine.burning.hush(tx)
            return _Found(
                seen,
                timeline.of(tx, number),
                reading.notices_of(tx, number),
                silences_over(hush.silences, seen.members, plan, now, zone),
                inhibited(tx, hush, seen.members, now),
            )

        found = await self._engine.store.read(work)
        if found is None:
            said = "Perhaps it was long ago, and its records have been removed."
            title = f"There is no incident #{text[:15]}"
            return message_page(title, said, status=404, up="../", home=True)
        seen, entries, notices, silences, inhibitions = found
        it = picture(seen, plan, now, zone, silences_told=bool(silences))
        story, earlier = events(entries, zone, now)
        common = it.facts["common_labels"]
        link = "" if seen.over(now) else signed_link(request, self._engine, number, now)
        context = {
            "it": it,
            "links": links_from(it.facts),
            "here": f"../{link}" if link else "",
            "buttons": buttons(seen, plan, now, ""),
            "choose": True,
            "chosen": "",
            "people": to_choose_from(plan, now),
            "silence_link": f"../{link}/silence" if link else "",
            "silences": silences,
            "inhibitions": inhibitions,
            "labels": [(clean(k, 60), clean(v, 300)) for k, v in sorted(common.items())],
            "receiver": clean(seen.incident.receiver, 100),
            "story": story,
            "earlier": earlier,
            "table": alert_table(seen.members, zone, now),
            "audiences": audiences(notices, plan, zone, now),
            "zone": zone,
            "up": "../",
        }
        return page("incident.html", context)


def _worst_first(listed: reading.Listed) -> tuple[bool, int, int]:
    """What nobody has before what somebody has, then by rank, then the newest."""
    incident = listed.incident
    rank = UNKNOWN_RANK if incident.rank is None else incident.rank
    return incident.ack is not None, rank, -incident.number


def _row(listed: reading.Listed, plan: Plan, zone: str, now: float) -> Row:
    incident = listed.incident
    over = not incident.open
    colour = tone(Kind.FIRING, incident.state.value, incident.severity, incident.rank)
    word = "resolved" if over else incident.severity or "alert"
    title = clean(listed.title, 200) or "alerts"
    return Row(incident.number, colour, word, title, _text(incident, plan, zone, now))


def _text(incident: Incident, plan: Plan, zone: str, now: float) -> str:
    if not incident.open:
        ended = incident.resolved_at if incident.resolved_at is not None else now
        lasted = duration(ended - incident.opened_at)
        return f"over since {clock_time(ended, zone, now)}, it lasted {lasted}"
    since = f"for {duration(now - incident.opened_at)}"
    if incident.ack is not None:
        return f"{name_of(plan, incident.ack.by)} has it · {since}"
    if incident.why_not:
        return f"{quiet_because(incident)} · {since}"
    severity = plan.severities.get(incident.severity or "")
    until = incident.respond_by
    if severity and severity.respond_within == NEXT_BUSINESS_DAY and until and now < until:
        return f"waits for the next business day, until {clock_time(until, zone, now)} · {since}"
    return f"nobody has it · {since}"


def add_routes(app: web.Application) -> None:
    """The pages for people."""
    looking = Looking(app[ENGINE])
    app.router.add_get("/", for_people(for_readers(looking.list)))
    app.router.add_get(r"/incidents/{number:\d+}", for_people(for_readers(looking.one)))

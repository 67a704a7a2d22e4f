"""Pages to look at: the silences there are, and one of them with what it covers.

They change nothing. What ends a silence is a command, or the page of the incident that it is
exactly over: the ways that docs/decisions/0028 knows, and no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.silence import LONGEST_TEXT, Silence, SilenceIndex
from gateway.core.matching.text import write_matcher, write_matchers
from gateway.core.plan.plan import Plan
from gateway.core.routing.silence_scope import incident_matchers
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_duration
from gateway.flow.engine import Engine
from gateway.flow.silences.silences import SHOWN_AFTER_END
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, duration
from gateway.store import Tx
from gateway.store.queries import active_alerts, silence_pages
from gateway.store.state import alerts, incidents, members
from gateway.web.explain.names import name_of, zone_for
from gateway.web.explain.silenced import SHORT
from gateway.web.http.access import require_read_access as require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import message_page, page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import ALERTS_SHOWN, AlertLine
from gateway.web.pages.silence_form import alert_line, link_to_silence

PER_PAGE = 50
MOST_COUNTED = 1000
"""Alerts that burn, up to which the list counts what each silence covers."""

LONGEST_WHY = 300
_TONES = {"active": "test", "pending": "info", "expired": "resolved"}
_STATE_TEXTS = {"active": "active", "pending": "not yet", "expired": "ended"}


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence in the list. `covers` is empty where nothing was counted."""

    id: str
    tone: str
    word: str
    when: str
    what: str
    who: str
    why: str
    covers: str
    command: str


@dataclass(frozen=True, slots=True)
class CoveredAlert:
    """An alert that a silence covers, and the incidents that it is in."""

    line: AlertLine
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class PageSlice:
    """Which of all silences a page of the list shows. Pages count from 1."""

    number: int
    last: int
    first_shown: int
    last_shown: int
    total: int


class SilencePages:
    """The handlers of /silences and /silences/{id}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """GET /silences: those that hold, those to come, those that ended lately; in pages."""
        plan, now = self._engine.plan, self._engine.now()
        zone, asked = zone_for(plan), request.query.get("page", "")
        number = int(asked) if asked.isdecimal() and len(asked) <= 9 else 1

        def work(tx: Tx) -> tuple[Mapping[str, int], PageSlice, dict[str, list[SilenceRow]], bool]:
            since = now - SHOWN_AFTER_END
            counts = silence_pages.counts(tx, now, since)
            part = _page_slice(number, sum(counts.values()))
            found = silence_pages.page(tx, now, since, part.first_shown - 1, PER_PAGE)
            covers = _coverage(tx, found["active"], now)
            rows = {
                state: [_row(one, plan, zone, now, (covers or {}).get(one.id)) for one in some]
                for state, some in found.items()
            }
            return counts, part, rows, covers is None

        counts, part, rows, too_many = await self._engine.store.read(work)
        context = {
            "counts": counts,
            "part": part,
            "rows": rows,
            "too_many": too_many,
            "most_counted": MOST_COUNTED,
            "zone": zone,
            "up": "./",
        }
        return page("silences.html", context)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """GET /silences/{id}: all that it says, and the alerts that it covers now."""
        engine, plan, now = self._engine, self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        silence = await engine.silences.get(request.match_info["id"])
        if silence is None:
            said = "Perhaps it ended long ago, and its records have been removed."
            return message_page("There is no such silence", said, status=404, up="../", home=True)
        count, covered, link = 0, list[CoveredAlert](), ""
        if silence.state(now) != "expired":
            count, shown = await engine.silences.preview(silence.matchers, ALERTS_SHOWN)
            numbers, own = await engine.store.read(lambda tx: _incidents(tx, shown, silence, plan))
            covered = [
                CoveredAlert(
                    alert_line(one, silence.matchers, zone, now), numbers.get(one.identity, ())
                )
                for one in shown
            ]
            if own is not None and silence.state(now) == "active":
                link = link_to_silence(request, engine, own, now)
        context: dict[str, Any] = {
            "it": _row(silence, plan, zone, now, None),
            "state": silence.state(now),
            "matchers": [clean(write_matcher(one), 1000) for one in silence.matchers],
            "why": clean(silence.comment, LONGEST_TEXT),
            "notes": [(clean(k, 60), clean(v, 300)) for k, v in silence.annotations.items()],
            "since": clock_time(silence.starts_at, zone, now),
            "until": clock_time(silence.ends_at, zone, now),
            "gone_for": format_duration(silence.gone_for) if silence.gone_for else "",
            "count": count,
            "covered": covered,
            "own": own if link else None,
            "link": f"../{link}",
            "zone": zone,
            "up": "../",
        }
        return page("silence_one.html", context)


def _page_slice(number: int, total: int) -> PageSlice:
    last = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), last)
    first = (number - 1) * PER_PAGE + 1
    return PageSlice(number, last, first, min(first + PER_PAGE - 1, total), total)


def _coverage(tx: Tx, active: Sequence[Silence], now: float) -> Mapping[str, str] | None:
    """What each silence covers, in words by id; None when too many alerts burn to be counted."""
    if not active:
        return {}
    serials = active_alerts.serials_up_to(tx, now, MOST_COUNTED)
    if serials is None:
        return None
    index, firing = SilenceIndex(active), alerts.active_by_serial(tx, now, serials)
    numbers = members.open_numbers_of(tx, [alert.identity for alert in firing])
    counted: dict[str, tuple[list[Alert], set[int]]] = {one.id: ([], set()) for one in active}
    for alert in firing:
        for silence in index.silencing(alert.labels, now):
            covered, among = counted[silence.id]
            covered.append(alert)
            among.update(numbers.get(alert.identity, ()))
    return {name: _coverage_text(len(some), len(among)) for name, (some, among) in counted.items()}


def _coverage_text(firing: int, among: int) -> str:
    if not firing:
        return "Nothing fires now that it matches."
    of = f" of {among} incident{'s' if among > 1 else ''}" if among else ""
    return f"Keeps {firing} alert{'s' if firing > 1 else ''}{of} quiet now."


def _incidents(
    tx: Tx, shown: Sequence[Alert], silence: Silence, plan: Plan
) -> tuple[Mapping[str, Sequence[int]], int | None]:
    """The open incidents of alerts by their identities, and the one it is exactly over."""
    numbers = members.open_numbers_of(tx, [alert.identity for alert in shown])
    for number in sorted({number for some in numbers.values() for number in some}):
        incident = incidents.get(tx, number)
        if incident is None:
            continue
        own = incident_matchers(plan.root, incident.route_id, incident.group_labels)
        if frozenset(own) == frozenset(silence.matchers):
            return numbers, number
    return numbers, None


def _row(silence: Silence, plan: Plan, zone: str, now: float, covers: str | None) -> SilenceRow:
    state = silence.state(now)
    return SilenceRow(
        silence.id,
        _TONES[state],
        _STATE_TEXTS[state],
        _times(silence, state, zone, now),
        clean(write_matchers(silence.matchers), 400),
        one_line(name_of(plan, silence.created_by), 80) or "somebody",
        one_line(clean(silence.comment, LONGEST_WHY), LONGEST_WHY),
        covers or "",
        "" if state == "expired" else f"gateway silence expire {silence.id[:SHORT]}",
    )


def _times(silence: Silence, state: str, zone: str, now: float) -> str:
    until = clock_time(silence.ends_at, zone, now)
    if state == "expired":
        return f"ended at {until}"
    gone = ""
    if silence.gone_for:
        gone = f", or {format_duration(silence.gone_for)} after the last alert that it matches"
    if state == "pending":
        return f"from {clock_time(silence.starts_at, zone, now)} until {until}{gone}"
    return f"until {until}, for {duration(silence.ends_at - now)} more{gone}"


def add_routes(app: web.Application) -> None:
    """The pages about silences."""
    pages = SilencePages(app[ENGINE])
    app.router.add_get("/silences", with_error_page(require_read_access(pages.list)))
    app.router.add_get("/silences/{id}", with_error_page(require_read_access(pages.one)))

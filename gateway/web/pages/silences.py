"""Pages of silences: the list, and one silence with the alerts that it covers.

They change nothing. A silence is ended by a command, or on the page of the incident that it covers
exactly; docs/decisions/0028 says why there is no other method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.core.incidents.silence import LONGEST_TEXT, Silence
from gateway.core.matching.text import write_matcher, write_matchers
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_duration
from gateway.flow.engine import Engine
from gateway.flow.silences.silences import SHOWN_AFTER_END
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, duration
from gateway.store import Tx
from gateway.store.queries import silence_pages
from gateway.web.explain.names import name_of, zone_for
from gateway.web.explain.silences import ID_PREFIX
from gateway.web.http.access import require_read_access as require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import message_page, page, silence_coverage
from gateway.web.pages.alert_lines import AlertLine, alert_line
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.incident_view import ALERTS_SHOWN
from gateway.web.pages.signed_link import link_to_silence
from gateway.web.pages.silence_coverage import coverage, covered_incidents

PER_PAGE = 50

LONGEST_REASON = 300
_TONES = {"active": "test", "pending": "info", "expired": "resolved"}
_STATE_TEXTS = {"active": "active", "pending": "pending", "expired": "ended"}


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence in the list. `covers` is empty if nothing was counted."""

    id: str
    tone: str
    word: str
    times: str
    matchers: str
    author: str
    reason: str
    covers: str
    command: str


@dataclass(frozen=True, slots=True)
class CoveredAlert:
    """An alert that a silence covers, and the alert's incidents."""

    line: AlertLine
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class PageSlice:
    """The part of the list that a page shows. Pages count from 1."""

    number: int
    last: int
    first_shown: int
    last_shown: int
    total: int


@dataclass(frozen=True, slots=True)
class _ListData:
    """The data of the list, read in one transaction."""

    counts: Mapping[str, int]
    part: PageSlice
    rows: dict[str, list[SilenceRow]]
    too_many: bool  # active alerts, to count what each silence covers


class SilencePages:
    """Handlers of /silences and /silences/{id}."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list(self, request: web.Request) -> web.StreamResponse:
        """List active, pending and recently expired silences, in pages."""
        plan, now = self._engine.plan, self._engine.now()
        zone, page_text = zone_for(plan), request.query.get("page", "")
        number = int(page_text) if page_text.isdecimal() and len(page_text) <= 9 else 1

        def read(tx: Tx) -> _ListData:
            since = now - SHOWN_AFTER_END
            counts = silence_pages.counts(tx, now, since)
            part = _page_slice(number, sum(counts.values()))
            by_state = silence_pages.page(tx, now, since, part.first_shown - 1, PER_PAGE)
            covers = coverage(tx, by_state["active"], now)
            rows = {
                state: [_row(one, plan, zone, now, (covers or {}).get(one.id)) for one in some]
                for state, some in by_state.items()
            }
            return _ListData(counts, part, rows, covers is None)

        data = await self._engine.store.read(read)
        context = {
            "counts": data.counts,
            "part": data.part,
            "rows": data.rows,
            "too_many": data.too_many,
            "most_counted": silence_coverage.MOST_COUNTED,
            "zone": zone,
            "up": "./",
        }
        return page("silences.html", context)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """Show a silence and the alerts that it covers now."""
        engine, plan, now = self._engine, self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        silence = await engine.silences.get(request.match_info["id"])
        if silence is None:
            text = "Perhaps it ended long ago and is past its retention."
            return message_page("There is no such silence", text, status=404, up="../", home=True)
        count, covered, link = 0, list[CoveredAlert](), ""
        if silence.state(now) != "expired":
            count, first_alerts = await engine.silences.preview(silence.matchers, ALERTS_SHOWN)
            numbers, own_incident = await engine.store.read(
                lambda tx: covered_incidents(tx, first_alerts, silence, plan)
            )
            covered = [
                CoveredAlert(
                    alert_line(one, silence.matchers, zone, now), numbers.get(one.identity, ())
                )
                for one in first_alerts
            ]
            if own_incident is not None and silence.state(now) == "active":
                link = link_to_silence(request, engine, own_incident, now)
        context: dict[str, Any] = {
            "it": _row(silence, plan, zone, now, None),
            "state": silence.state(now),
            "matchers": [clean(write_matcher(one), 1000) for one in silence.matchers],
            "reason": clean(silence.comment, LONGEST_TEXT),
            "notes": [(clean(k, 60), clean(v, 300)) for k, v in silence.annotations.items()],
            "since": clock_time(silence.starts_at, zone, now),
            "until": clock_time(silence.ends_at, zone, now),
            "gone_for": format_duration(silence.gone_for) if silence.gone_for else "",
            "count": count,
            "covered": covered,
            "own": own_incident if link else None,
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


def _row(silence: Silence, plan: Plan, zone: str, now: float, covers: str | None) -> SilenceRow:
    state = silence.state(now)
    return SilenceRow(
        silence.id,
        _TONES[state],
        _STATE_TEXTS[state],
        _times(silence, state, zone, now),
        clean(write_matchers(silence.matchers), 400),
        one_line(name_of(plan, silence.created_by), 80) or "somebody",
        one_line(clean(silence.comment, LONGEST_REASON), LONGEST_REASON),
        covers or "",
        "" if state == "expired" else f"gateway silence expire {silence.id[:ID_PREFIX]}",
    )


def _times(silence: Silence, state: str, zone: str, now: float) -> str:
    until = clock_time(silence.ends_at, zone, now)
    if state == "expired":
        return f"ended at {until}"
    gone = ""
    if silence.gone_for:
        gone = f", or {format_duration(silence.gone_for)} after the last matching alert"
    if state == "pending":
        return f"from {clock_time(silence.starts_at, zone, now)} until {until}{gone}"
    return f"until {until}, for {duration(silence.ends_at - now)} more{gone}"


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    pages = SilencePages(app[ENGINE])
    app.router.add_get("/silences", with_error_page(require_read_access(pages.list)))
    app.router.add_get("/silences/{id}", with_error_page(require_read_access(pages.one)))

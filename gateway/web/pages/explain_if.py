"""Page of what would follow from an alert that was not seen yet."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from gateway.core.matching.matcher import MatcherError
from gateway.core.matching.text import LABELS_HELP, read_labels, write_labels
from gateway.core.time.timestamps import format_duration, parse_rfc3339
from gateway.core.time.wallclock import instant, load_zone, wall_time
from gateway.flow.engine import Engine
from gateway.render.view.times import clock_time, duration
from gateway.virtual.future import LASTS
from gateway.virtual.future_json import future_json
from gateway.web.explain.future import BusyError, future_of
from gateway.web.http.access import require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

SPANS = {"1h": 3600.0, "8h": 8 * 3600.0, "1d": LASTS, "3d": 3 * LASTS, "7d": 7 * LASTS}
"""How long the alert may fire, by the values of the form."""

LONGEST_LABELS = 5000


class ExplainIfPage:
    """Handler of /explain."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the form, and what follows from the alert that it describes. Change nothing."""
        engine, query = self._engine, request.query
        zone = engine.plan.business_hours.zone
        context: dict[str, Any] = {
            "labels": query.get("labels", "")[:LONGEST_LABELS],
            "at": query.get("at", "")[:40],
            "lasts": query.get("lasts") if query.get("lasts") in SPANS else "1d",
            "spans": [(name, duration(seconds)) for name, seconds in SPANS.items()],
            "now": f"{wall_time(engine.now(), load_zone(zone)):%Y-%m-%dT%H:%M}",
            "zone": zone,
            "error": "",
            "future": None,
            "up": "./",
        }
        if context["labels"].strip():
            try:
                context["future"] = await self._future(context, zone)
            except (MatcherError, BusyError, ValueError) as error:
                context["error"] = str(error)
        return page("explain.html", context, status=422 if context["error"] else 200)

    async def _future(self, form: Mapping[str, Any], zone: str) -> dict[str, Any]:
        labels = read_form_labels(form["labels"])
        at = None
        if form["at"]:
            at = instant(datetime.fromisoformat(form["at"]), load_zone(zone))
        future = await future_of(self._engine, labels, at, SPANS[form["lasts"]])
        return _view(future_json(self._engine.plan, future))


def read_form_labels(text: str) -> dict[str, str]:
    """Return labels as typed: `a=b c=d`, or as messages show them. Raises MatcherError."""
    typed = text.strip()
    if "{" not in typed and "," not in typed and '"' not in typed:
        typed = ",".join(typed.split())
    labels = read_labels(typed)
    if not labels:
        raise MatcherError(LABELS_HELP)
    return labels


def _view(future: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a future."""
    zone, start = future["timezone"], parse_rfc3339(future["at"])
    return {
        "labels": write_labels(future["labels"]),
        "answer": future["answer"],
        "incidents": [
            {
                "receiver": incident["receiver"],
                "group": write_labels(incident["group_labels"]),
                "moments": [_moment(one, zone, start) for one in incident["moments"]],
            }
            for incident in future["incidents"]
        ],
    }


def _moment(moment: Mapping[str, Any], zone: str, start: float) -> dict[str, Any]:
    again = moment["again"]
    text = ""
    if again:
        until = clock_time(parse_rfc3339(again["until"]), zone, start)
        every = format_duration(again["every"])
        text = f"The same again every {every}, {again['times']} more times, until {until}."
    return {
        "at": clock_time(parse_rfc3339(moment["at"]), zone, start),
        "after": format_duration(moment["after"]) or "0s",
        "lines": list(_lines(moment)),
        "again": text,
        "tone": "notified" if moment["notices"] else "",
    }


def _lines(moment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what happens, as a heading and a text."""
    for event in moment["events"]:
        yield event["kind"], event["text"]
    recipients: dict[str, list[str]] = {}
    for notice in moment["notices"]:
        recipients.setdefault(notice["reason"], []).append(notice["recipient"])
    for reason, names in recipients.items():
        yield f"message ({reason})", "; ".join(names)


def add_routes(app: web.Application) -> None:
    """Add the page."""
    handler = with_error_page(require_read_access(ExplainIfPage(app[ENGINE]).show))
    app.router.add_get("/explain", handler)

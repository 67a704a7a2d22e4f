"""What templates see of a scheduled report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.core.text.escape import LONGEST_URL, one_line, safe_url
from gateway.render.view.clean import clean
from gateway.render.view.sparkline import added_up, sparkline
from gateway.render.view.times import clock_time, duration

MOST_LINES = 50
"""Items of each list. A later release or damage must not fill a message."""

WIDEST_CHART = 31
"""Columns of a chart. More would be thinner than a finger's width in all on a phone."""

HIGHEST = 40
"""Pixels of the highest column."""


def report_of(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a report, complete and clean; None for another message."""
    raw = facts.get("report")
    if not isinstance(raw, Mapping):
        return None
    zone = _line(raw.get("zone")) or "UTC"
    start, end = _number(raw.get("start")), _number(raw.get("end"))
    totals, before = _mapping(raw.get("totals")), _mapping(raw.get("before"))
    counts = [_count(one.get("incidents")) for one in _mappings(raw.get("days"))]
    return {
        "title": _line(raw.get("title")) or "Report",
        "kind": _line(raw.get("kind")),
        "zone": zone,
        "span": f"{clock_time(start, zone, 0.0)} to {clock_time(end, zone, 0.0)}",
        "start": clock_time(start, zone, end),
        "incomplete": bool(raw.get("deleted_before")),
        "incidents": _count(totals.get("incidents")),
        "missed": _count(totals.get("missed")),
        "tiles": [_tile(label, name, totals, before) for label, name in _TILES],
        "to_acknowledge": _spread(totals.get("to_acknowledge")),
        "to_resolve": _spread(totals.get("to_resolve")),
        "chart": _chart(counts, daily=raw.get("kind") == "daily"),
        "severities": [_severity(one) for one in _mappings(raw.get("by_severity"))],
        "open": [_open(one, zone, end) for one in _mappings(raw.get("open"))],
        "more_open": _count(raw.get("more_open")),
        "failed": [
            {"target": _line(one.get("target")), "count": _count(one.get("count"))}
            for one in _mappings(raw.get("failed"))
        ],
        "failed_total": _count(raw.get("failed_total")),
        "people": [_person(one) for one in _mappings(raw.get("people"))],
        "rotas": [_rota(one) for one in _mappings(raw.get("rotas"))],
        "changes": _changes(raw.get("changes")),
        "follow_ups": [_follow_up(one, zone, end) for one in _mappings(raw.get("follow_ups"))],
        "noisiest": [_noisy(one) for one in _mappings(raw.get("noisiest"))],
        "sections": [_section(one) for one in _mappings(raw.get("sections"))],
    }


def _changes(value: object) -> dict[str, int] | None:
    """Return the number of changes and of incidents after them; None where there were none."""
    if not isinstance(value, Mapping) or not _count(value.get("count")):
        return None
    return {"count": _count(value.get("count")), "incidents": _count(value.get("incidents"))}


_TILES = (
    ("incidents", "incidents"),
    ("pages to people", "pages"),
    ("missed responses", "missed"),
    ("resolved without an action", "no_action"),
    ("flapping", "flapping"),
    ("marked as useful", "useful"),
    ("marked as noise", "noise"),
)


def _tile(
    label: str, name: str, totals: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "label": label,
        "count": _count(totals.get(name)),
        "before": _count(before.get(name)) if before else None,
        "bad": name == "missed" and _count(totals.get(name)) > 0,
    }


def _chart(counts: Sequence[int], *, daily: bool) -> dict[str, Any]:
    """Return a chart as columns of pixels, and as characters for plain text."""
    columns = added_up(counts, WIDEST_CHART)
    most = max(columns, default=0)
    return {
        "columns": [
            {"count": count, "height": -(-count * HIGHEST // most) if most else 0}
            for count in columns
        ],
        "most": most,
        "unit": "hour" if daily else "day",
        "line": sparkline(counts, WIDEST_CHART),
    }


def _severity(raw: Mapping[str, Any]) -> dict[str, Any]:
    spread = raw.get("to_acknowledge")
    return {
        "name": _line(raw.get("key")) or "none",
        "target": _line(raw.get("target")),
        "incidents": _count(raw.get("incidents")),
        "acknowledged": _count(raw.get("acknowledged")),
        "missed": _count(raw.get("missed")),
        "to_acknowledge": _spread(spread),
    }


def _open(raw: Mapping[str, Any], zone: str, now: float) -> dict[str, Any]:
    return {
        "number": _line(raw.get("number")),
        "title": _line(raw.get("title"), 200),
        "severity": _line(raw.get("severity")) or "alert",
        "status": _line(raw.get("status")),
        "since": clock_time(_number(raw.get("since")), zone, now),
        "holder": _line(raw.get("holder")),
        "url": safe_url(clean(raw.get("url"), LONGEST_URL)) or "",
    }


def _follow_up(raw: Mapping[str, Any], zone: str, now: float) -> dict[str, Any]:
    due_at = raw.get("due_at")
    return {
        "number": _line(raw.get("number")),
        "text": _line(raw.get("text"), 200),
        "owner": _line(raw.get("owner")),
        "due": clock_time(_number(due_at), zone, now) if due_at is not None else "",
        "overdue": bool(raw.get("overdue")),
        "url": safe_url(clean(raw.get("url"), LONGEST_URL)) or "",
    }


def _person(raw: Mapping[str, Any]) -> dict[str, Any]:
    on_call = _mapping(raw.get("on_call"))
    before = raw.get("interruptions_before")
    return {
        "name": _line(_mapping(raw.get("person")).get("name")),
        "interruptions": _count(raw.get("interruptions")),
        "before": before if isinstance(before, int) else None,
        "nights": _count(raw.get("nights")),
        "weekends": _count(raw.get("weekends")),
        "holidays": _count(raw.get("holidays")),
        "pages": _count(raw.get("pages")),
        "on_call": duration(_number(on_call.get("seconds"))) if on_call else "",
    }


def _rota(raw: Mapping[str, Any]) -> dict[str, Any]:
    uncovered = _number(raw.get("uncovered"))
    return {
        "name": _line(raw.get("name")),
        "incidents": _count(raw.get("incidents")),
        "incidents_before": _count(raw.get("incidents_before")),
        "missed": _count(raw.get("missed")),
        "missed_before": _count(raw.get("missed_before")),
        "to_acknowledge": _spread(raw.get("to_acknowledge")),
        "uncovered": duration(uncovered) if uncovered else "",
    }


def _noisy(raw: Mapping[str, Any]) -> dict[str, Any]:
    incidents, no_action = _count(raw.get("incidents")), _count(raw.get("no_action"))
    routes = [_line(one.get("name"), 200) for one in _mappings(raw.get("routes"))]
    return {
        "name": _line(raw.get("alertname"), 150),
        "messages": _count(raw.get("messages")),
        "incidents": incidents,
        "no_action": no_action,
        "no_action_percent": no_action * 100 // incidents if incidents else 0,
        "flapping": _count(raw.get("flapping")),
        "noise": _count(raw.get("noise")),
        "route": routes[0] if routes else "",
    }


def _section(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "heading": _line(raw.get("heading")),
        "lines": [
            {
                "title": _line(one.get("title"), 150),
                "value": _line(one.get("value")),
                "objective": _line(one.get("objective")),
                "ok": one.get("ok") if isinstance(one.get("ok"), bool) else None,
                "error": _line(one.get("error"), 200),
            }
            for one in _mappings(raw.get("lines"))
        ],
    }


def _spread(value: object) -> str:
    """Return a spread in words: "4 min, 13 min (90 %)"; empty without one."""
    raw = _mapping(value)
    if not raw:
        return ""
    return f"{duration(_number(raw.get('median')))}, {duration(_number(raw.get('p90')))} (90 %)"


def _mappings(value: object) -> list[Mapping[str, Any]]:
    items: Iterable[object] = value[:MOST_LINES] if isinstance(value, list) else ()
    return [one for one in items if isinstance(one, Mapping)]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _line(value: object, limit: int = 100) -> str:
    return one_line(clean(value), limit)


def _number(value: object) -> float:
    """Return a finite number, 0 for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    return 0.0


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**15 else 0

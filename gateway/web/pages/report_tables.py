"""Rows and charts of the page of figures, made from the report that the API answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.plan.team import NO_TEAM
from gateway.core.time.timestamps import parse_rfc3339
from gateway.render.view.clean import clean
from gateway.render.view.times import day_name, duration
from gateway.web.pages.report_query import ReportQuery

Values = Mapping[str, Any]

LONGEST_NAME = 120
GROUPS_SHOWN = 200
"""Rows of a table. A report by alertname may have thousands; the CSV has all of them."""

HEIGHT = 60
"""Units of the chart's height; its width is ten units a day."""


@dataclass(frozen=True, slots=True)
class Total:
    """A figure of all incidents; `before` and `note` may be empty."""

    name: str
    value: str
    before: str
    note: str


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """The figures of a group; `link` leads to the report about it alone, or is empty."""

    name: str
    link: str
    share: int  # of the largest group's incidents, in percent
    incidents: int
    pages: int
    messages: int
    to_acknowledge: str
    missed: int
    to_resolve: str
    marks: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in the chart."""

    x: int
    y: float
    height: float
    text: str


def totals(report: Values) -> list[Total]:
    """Return the figures of all incidents, with those of the time before."""
    now, before = report["totals"], report["before"]
    marks = now["useful"] + now["noise"]
    notes = {
        "incidents": f"{now['open']} open now" if now["open"] else "",
        "acknowledged": _spread(now["to_acknowledge"], "after"),
        "no_action": _percent(now["no_action"], now["incidents"], "of the incidents"),
        "useful": _percent(now["useful"], marks, "of what was marked"),
        "noise": _percent(now["noise"], marks, "of what was marked"),
    }
    rows = [
        Total(
            label,
            str(now[name]),
            f"{before[name]} before" if before else "",
            notes.get(name, ""),
        )
        for name, label in _TOTALS
    ]
    resolved = now["to_resolve"]
    earlier = (before["to_resolve"] or {"count": 0})["count"] if before else None
    return [
        *rows,
        Total(
            "Resolved",
            str(resolved["count"] if resolved else 0),
            "" if earlier is None else f"{earlier} before",
            _spread(resolved, "after"),
        ),
    ]


_TOTALS = (
    ("incidents", "Incidents"),
    ("pages", "Pages to people"),
    ("messages", "Messages"),
    ("acknowledged", "Acknowledged"),
    ("missed", "Missed responses"),
    ("no_action", "Resolved without an action"),
    ("flapping", "Flapping"),
    ("useful", "Marked useful"),
    ("noise", "Marked noise"),
)


def group_rows(
    groups: Sequence[Values], by: str, query: ReportQuery, zone: str
) -> list[FiguresRow]:
    """Return the rows of groups; those of a dimension link to the report about them alone."""
    shown = groups[:GROUPS_SHOWN]
    largest = max((one["incidents"] for one in shown), default=0)
    return [_row(one, by, query, zone, largest) for one in shown]


def _row(group: Values, by: str, query: ReportQuery, zone: str, largest: int) -> FiguresRow:
    key = group["key"]
    if by == "day":
        name, link = day_name(parse_rfc3339(key), zone), ""
    else:
        name = clean(group["name"], LONGEST_NAME)
        value = key or (NO_TEAM if by == "team" else "")
        link = query.link(**{by: value}) if value else ""
    marks = f"{group['useful']} / {group['noise']}" if group["useful"] or group["noise"] else ""
    return FiguresRow(
        name,
        link,
        -(-group["incidents"] * 100 // largest) if largest else 0,
        group["incidents"],
        group["pages"],
        group["messages"],
        short_spread(group["to_acknowledge"]),
        group["missed"],
        short_spread(group["to_resolve"]),
        marks,
    )


def people_rows(people: Sequence[Values], query: ReportQuery) -> list[dict[str, Any]]:
    """Return the rows of people: what reached them, what they did, how long they were on call."""
    return [
        {
            "name": clean(one["person"]["name"], LONGEST_NAME),
            "link": query.link(person=one["person"]["id"]),
            "interruptions": one["interruptions"],
            "before": one["interruptions_before"],
            "nights": one["nights"],
            "weekends": one["weekends"],
            "holidays": one["holidays"],
            "pages": one["pages"],
            "acknowledged": one["acknowledged"],
            "to_acknowledge": short_spread(one["to_acknowledge"]),
            "on_call": duration(one["on_call"]["seconds"]) if one["on_call"] else "",
        }
        for one in people
    ]


def noisy_rows(alerts: Sequence[Values], query: ReportQuery) -> list[dict[str, Any]]:
    """Return the rows of the noisiest alerts, each with the route that sends most of it."""
    return [
        {
            "name": clean(one["alertname"], LONGEST_NAME),
            "link": query.link(alertname=one["alertname"]),
            "messages": one["messages"],
            "pages": one["pages"],
            "incidents": one["incidents"],
            "no_action": _share(one["no_action"], one["incidents"]),
            "flapping": one["flapping"],
            "marks": f"{one['useful']} / {one['noise']}" if one["useful"] or one["noise"] else "",
            "route": clean(one["routes"][0]["name"], LONGEST_NAME),
            "more_routes": len(one["routes"]) - 1,
        }
        for one in alerts
    ]


def bars(days: Sequence[Values], zone: str) -> list[Bar]:
    """Return the bars of a chart of incidents a day; none for a single day.

    A day with a single incident has a bar that can be seen, also beside a very high one.
    """
    if len(days) < 2:
        return []
    highest = max(day["incidents"] for day in days) or 1
    result = []
    for index, day in enumerate(days):
        count = day["incidents"]
        height = max(2.0, round(count * HEIGHT / highest, 1)) if count else 0.0
        name = day_name(parse_rfc3339(day["day"]), zone)
        result.append(Bar(index * 10 + 1, round(HEIGHT - height, 1), height, f"{name}: {count}"))
    return result


def short_spread(spread: Values | None) -> str:
    """Return median and ninth decile: "3 min (12 min)"; empty without values."""
    return f"{duration(spread['median'])} ({duration(spread['p90'])})" if spread else ""


def _spread(spread: Values | None, word: str) -> str:
    if spread is None:
        return ""
    median, p90, longest = (duration(spread[name]) for name in ("median", "p90", "longest"))
    return f"{word} {median} (median), {p90} (90 %), {longest} at most"


def _percent(part: int, whole: int, of: str) -> str:
    return f"{part * 100 // whole} % {of}" if whole and part else ""


def _share(part: int, whole: int) -> str:
    return f"{part} ({part * 100 // whole} %)" if whole and part else str(part)

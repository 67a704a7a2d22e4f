"""A report as tables for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.cli.support.output import Cell, echo, paint, plural, print_columns, severity_colour
from gateway.core.time.timestamps import local_minute, parse_rfc3339
from gateway.render.view.sparkline import sparkline
from gateway.render.view.times import day_name, duration

Values = Mapping[str, Any]

_FIGURES = ("incidents", "pages", "messages", "to ack. (p90)", "missed", "to resolve (p90)")


def print_report(report: Values) -> None:
    """Print the totals, the days, and a table each of severities, groups, people and alerts."""
    zone = report["zone"]
    start, end = (local_minute(parse_rfc3339(report[name]), zone) for name in ("from", "to"))
    echo(paint(f"Incidents opened from {start} to {end}", bold=True))
    if report["deleted_before"]:
        at = local_minute(parse_rfc3339(report["deleted_before"]), zone)
        echo(paint(f"incomplete: incidents resolved before {at} are deleted", "yellow"))
    echo()
    print_columns(_totals(report["totals"], report["before"]))
    _print_days(report["days"], zone)
    if report["by_severity"]:
        _print_table("By severity", _severities(report["by_severity"]), ("severity", "target"))
    if report["by"]:
        heading = f"By {report['by']}"
        _print_table(heading, _groups(report, zone), (report["by"],))
    _print_people(report["people"])
    _print_noisiest(report["noisiest"])


def _totals(totals: Values, before: Values | None) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    counts = (
        ("incidents", "incidents", f"{totals['open']} open now" if totals["open"] else ""),
        ("pages", "pages to people", ""),
        ("messages", "messages", ""),
        ("acknowledged", "acknowledged", spread_text(totals["to_acknowledge"], "after")),
        ("missed", "missed responses", ""),
        ("no_action", "resolved without an action", ""),
        ("flapping", "flapping", ""),
        ("useful", "marked useful", ""),
        ("noise", "marked noise", ""),
    )
    for name, label, note in counts:
        missed = name == "missed" and totals[name]
        value: Cell = (str(totals[name]), "red") if missed else str(totals[name])
        rows.append([label, value, change_text(before[name] if before else None), note])
    resolved = totals["to_resolve"]
    count = str(resolved["count"]) if resolved else "0"
    change = change_text((before["to_resolve"] or {"count": 0})["count"] if before else None)
    rows.append(["resolved", count, change, spread_text(resolved, "after")])
    return rows


def change_text(before: int | None) -> str:
    """Return the count of the time before, to be written after the present one."""
    return "" if before is None else f"({before} before)"


def spread_text(spread: Values | None, word: str) -> str:
    """Return a spread in words: "after 3 min (median), 12 min (90 %), 2 h at most"."""
    if spread is None:
        return ""
    median, p90, longest = (duration(spread[name]) for name in ("median", "p90", "longest"))
    return f"{word} {median} (median), {p90} (90 %), {longest} at most"


def _print_days(days: Sequence[Values], zone: str) -> None:
    if len(days) < 2:
        return
    counts = [day["incidents"] for day in days]
    first, last = (day_name(parse_rfc3339(days[index]["day"]), zone) for index in (0, -1))
    echo()
    echo(f"{first} {sparkline(counts)} {last}   incidents a day, {max(counts)} at most")


def _print_table(heading: str, rows: Sequence[Sequence[Cell]], keys: Sequence[str]) -> None:
    echo()
    echo(paint(heading, bold=True))
    print_columns(rows, (*keys, *_FIGURES))


def _severities(groups: Sequence[Values]) -> list[list[Cell]]:
    return [
        [
            (group["key"] or "none", severity_colour(group["key"])),
            group["target"] or "",
            *_figures(group),
        ]
        for group in groups
    ]


def _groups(report: Values, zone: str) -> list[list[Cell]]:
    is_day = report["by"] == "day"
    return [
        [
            day_name(parse_rfc3339(group["key"]), zone) if is_day else group["name"],
            *_figures(group),
        ]
        for group in report["groups"]
    ]


def _figures(group: Values) -> list[Cell]:
    missed = str(group["missed"])
    return [
        str(group["incidents"]),
        str(group["pages"]),
        str(group["messages"]),
        _short_spread(group["to_acknowledge"]),
        (missed, "red") if group["missed"] else missed,
        _short_spread(group["to_resolve"]),
    ]


def _short_spread(spread: Values | None) -> str:
    """Return median and ninth decile: "3 min (12 min)"."""
    return f"{duration(spread['median'])} ({duration(spread['p90'])})" if spread else "–"


def _print_people(people: Sequence[Values]) -> None:
    if not people:
        return
    echo()
    echo(paint("People", bold=True))
    rows = [
        [
            one["person"]["name"],
            _interruptions(one),
            str(one["nights"]),
            str(one["weekends"]),
            str(one["holidays"]),
            str(one["pages"]),
            str(one["acknowledged"]),
            _short_spread(one["to_acknowledge"]),
            duration(one["on_call"]["seconds"]) if one["on_call"] else "–",
        ]
        for one in people
    ]
    headings = ("person", "interruptions", "night", "weekend", "holiday", "pages")
    print_columns(rows, (*headings, "acknowledged", "to ack. (p90)", "on call"))


def _interruptions(one: Values) -> str:
    return f"{one['interruptions']} {change_text(one['interruptions_before'])}".rstrip()


def _print_noisiest(alerts: Sequence[Values]) -> None:
    if not alerts:
        return
    echo()
    echo(paint("Noisiest alerts", bold=True))
    rows = [
        [
            one["alertname"],
            str(one["messages"]),
            str(one["pages"]),
            str(one["incidents"]),
            _share(one["no_action"], one["incidents"]),
            _share(one["flapping"], one["incidents"]),
            str(one["noise"]),
            _routes(one["routes"]),
        ]
        for one in alerts
    ]
    headings = ("alert", "messages", "pages", "incidents", "no action", "flapping", "noise")
    print_columns(rows, (*headings, "route"))


def _share(part: int, whole: int) -> str:
    return f"{part} ({part * 100 // whole} %)" if whole and part else str(part)


def _routes(routes: Sequence[Values]) -> str:
    more = len(routes) - 1
    return f"{routes[0]['name']}, {plural(more, 'more route')}" if more else routes[0]["name"]

"""Table of the results: medians over the rounds, and the gateway's ratio to Alertmanager."""

from collections.abc import Callable
from statistics import median
from typing import Any

Rounds = dict[str, list[dict[str, Any]]]
"""The figures of each round, by program."""

COLUMNS = ("work", "figure", "Alertmanager", "gateway", "ours / theirs")

Pick = Callable[[dict[str, Any]], float | None]


def text(results: dict[str, Rounds]) -> str:
    """Return the table in Markdown, with aligned columns."""
    rows = [COLUMNS, *rows_of(results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    lines = []
    for number, row in enumerate(rows):
        lines.append("| " + " | ".join(map(str.ljust, row, widths)) + " |")
        if number == 0:
            lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def rows_of(results: dict[str, Rounds]) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    rows: list[tuple[str, ...]] = []
    for work, rounds in results.items():
        first = True
        for figure, pick, form in _figures(work):
            theirs = _median(rounds.get("Alertmanager", []), pick)
            ours = _median(rounds.get("gateway", []), pick)
            ratio = f"{ours / theirs:.2f}" if ours is not None and theirs else ""
            rows.append(
                (work if first else "", figure, _written(theirs, form), _written(ours, form), ratio)
            )
            first = False
    return rows


def _figure(key: str) -> Pick:
    return lambda figures: figures.get(key)


def _critical(key: str) -> Pick:
    return lambda figures: figures["critical"].get(key)


_FIGURES: dict[str, list[tuple[str, Pick, str]]] = {
    "ingest": [
        ("alerts/s", _figure("per_second"), ",.0f"),
        ("CPU s per 100,000", _figure("cpu_per_100k"), ".2f"),
        ("answer p50 ms", _figure("p50_ms"), ".2f"),
        ("answer p99 ms", _figure("p99_ms"), ".1f"),
        ("RSS MB", _figure("rss_mb"), ".0f"),
    ],
    "end to end": [
        ("p50 ms", _figure("p50_ms"), ".2f"),
        ("p99 ms", _figure("p99_ms"), ".2f"),
        ("arrived", _figure("arrived"), ",.0f"),
    ],
    "storm": [
        ("notifications/s", _figure("per_second"), ",.0f"),
        ("arrived", _figure("arrived"), ",.0f"),
        ("arrival p50 ms", _figure("p50_ms"), ",.0f"),
        ("arrival p99 ms", _figure("p99_ms"), ",.0f"),
        ("CPU ms each", _figure("cpu_ms_each"), ".2f"),
        ("peak RSS MB", _figure("peak_mb"), ".0f"),
    ],
    "critical in a storm": [
        ("after group_wait p50 ms", _critical("p50_ms"), ",.1f"),
        ("after group_wait p99 ms", _critical("p99_ms"), ",.1f"),
        ("after group_wait max ms", _critical("max_ms"), ",.1f"),
        ("arrived", _critical("arrived"), ",.0f"),
    ],
    "reading": [
        ("one ms", _figure("one ms"), ",.1f"),
        ("a fifth ms", _figure("a fifth ms"), ",.1f"),
        ("all ms", _figure("all ms"), ",.1f"),
        ("all groups ms", _figure("all groups ms"), ",.1f"),
        ("one, asked first ms", _figure("one first ms"), ",.0f"),
        ("readers at once", _figure("readers"), ".0f"),
        ("served", _figure("served"), ".0f"),
        ("last reader s", _figure("last reader s"), ".1f"),
        ("RSS grown MB", _figure("grown mb"), ",.0f"),
        ("POST p99 ms alone", _figure("post alone p99 ms"), ".1f"),
        ("POST p99 ms beside", _figure("post beside p99 ms"), ".1f"),
    ],
    "hostile": [
        ("answered after s", _figure("answered_s"), ".2f"),
        ("health check, slowest ms", _figure("health_ms"), ",.0f"),
        ("critical page late ms", _figure("late_ms"), ",.0f"),
        ("RSS grown MB, at its peak", _figure("grown_mb"), ",.0f"),
    ],
    "memory": [
        ("RSS MB, idle", _figure("idle_mb"), ".0f"),
        ("RSS MB, filled", _figure("filled_mb"), ".0f"),
        ("RSS MB, after a rest", _figure("rested_mb"), ".0f"),
        ("peak RSS MB", _figure("peak_mb"), ".0f"),
    ],
    "kill -9": [
        ("answered", _figure("answered"), ",.0f"),
        ("known", _figure("known"), ",.0f"),
        ("notified", _figure("notified"), ",.0f"),
    ],
    "gateway oncall --proof": [
        ("median s", _figure("median_s"), ".2f"),
        ("max s", _figure("max_s"), ".2f"),
        ("CPU s", _figure("cpu_s"), ".2f"),
    ],
    "gateway oncall": [
        ("median s", _figure("median_s"), ".2f"),
        ("max s", _figure("max_s"), ".2f"),
        ("CPU s of command and gateway", _figure("cpu_s"), ".2f"),
        ("shifts", _figure("shifts"), ",.0f"),
    ],
    "reports": [
        ("a week s", _figure("week s"), ".2f"),
        ("everything s", _figure("all s"), ".2f"),
        ("CPU s of everything", _figure("all cpu s"), ".2f"),
        ("POST p99 ms alone", _figure("post alone p99 ms"), ".1f"),
        ("POST p50 ms beside", _figure("post beside p50 ms"), ".1f"),
        ("POST p99 ms beside", _figure("post beside p99 ms"), ".1f"),
        ("reports meanwhile", _figure("reports meanwhile"), ".0f"),
    ],
    "verification": [
        ("two days s", _figure("two days s"), ".2f"),
        ("everything s", _figure("all s"), ".2f"),
        ("CPU s of everything", _figure("all cpu s"), ".2f"),
        ("RSS MB before", _figure("memory before MB"), ".0f"),
        ("peak RSS MB", _figure("peak MB"), ".0f"),
        ("POST p99 ms alone", _figure("post alone p99 ms"), ".1f"),
        ("POST p50 ms beside", _figure("post beside p50 ms"), ".1f"),
        ("POST p99 ms beside", _figure("post beside p99 ms"), ".1f"),
    ],
    "history": [
        ("POST p99 ms", _figure("intake p99 ms"), ".1f"),
        ("POST p99, long / empty", _figure("intake p99 ratio"), ".2f"),
        ("acknowledge p99 ms", _figure("ack p99 ms"), ".1f"),
        ("acknowledge p99, long / empty", _figure("ack p99 ratio"), ".2f"),
        ("page / p99 ms", _figure("page p99 ms"), ".1f"),
        ("page / p99, long / empty", _figure("page p99 ratio"), ".2f"),
        ("list p99 ms", _figure("list p99 ms"), ".1f"),
        ("list p99, long / empty", _figure("list p99 ratio"), ".2f"),
        ("incidents deleted", _figure("deleted"), ",.0f"),
        ("POST p99 ms alone", _figure("post alone p99 ms"), ".1f"),
        ("POST p99 ms beside", _figure("post beside p99 ms"), ".1f"),
        ("POST max ms beside", _figure("post beside max ms"), ".1f"),
    ],
    "gateway": [("median s", _figure("median_s"), ".2f"), ("max s", _figure("max_s"), ".2f")],
}
"""The figures of each kind of measurement: name, how to read it, and its format."""


def _figures(work: str) -> list[tuple[str, Pick, str]]:
    return next(figures for kind, figures in _FIGURES.items() if work.startswith(kind))


def _median(rounds: list[dict[str, Any]], pick: Pick) -> float | None:
    values = [value for figures in rounds if (value := pick(figures)) is not None]
    return median(values) if values else None


def _written(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)

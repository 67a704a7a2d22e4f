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


def _figures(work: str) -> list[tuple[str, Pick, str]]:
    def of(key: str) -> Pick:
        return lambda figures: figures.get(key)

    if work.startswith("ingest"):
        return [
            ("alerts/s", of("per_second"), ",.0f"),
            ("CPU s per 100,000", of("cpu_per_100k"), ".2f"),
            ("answer p50 ms", of("p50_ms"), ".2f"),
            ("answer p99 ms", of("p99_ms"), ".1f"),
            ("RSS MB", of("rss_mb"), ".0f"),
        ]
    if work == "end to end":
        return [
            ("p50 ms", of("p50_ms"), ".2f"),
            ("p99 ms", of("p99_ms"), ".2f"),
            ("arrived", of("arrived"), ",.0f"),
        ]
    if work == "storm":
        return [
            ("notifications/s", of("per_second"), ",.0f"),
            ("arrived", of("arrived"), ",.0f"),
            ("arrival p50 ms", of("p50_ms"), ",.0f"),
            ("arrival p99 ms", of("p99_ms"), ",.0f"),
            ("CPU ms each", of("cpu_ms_each"), ".2f"),
            ("peak RSS MB", of("peak_mb"), ".0f"),
        ]
    if work == "critical in a storm":
        return [
            ("after group_wait p50 ms", lambda f: f["critical"].get("p50_ms"), ",.1f"),
            ("after group_wait p99 ms", lambda f: f["critical"].get("p99_ms"), ",.1f"),
            ("after group_wait max ms", lambda f: f["critical"].get("max_ms"), ",.1f"),
            ("arrived", lambda f: f["critical"]["arrived"], ",.0f"),
        ]
    if work == "reading":
        return [
            *(
                (f"{what} ms", of(f"{what} ms"), ",.1f")
                for what in ("one", "a fifth", "all", "all groups")
            ),
            ("one, asked first ms", of("one first ms"), ",.0f"),
            ("readers at once", of("readers"), ".0f"),
            ("served", of("served"), ".0f"),
            ("last reader s", of("last reader s"), ".1f"),
            ("RSS grown MB", of("grown mb"), ",.0f"),
            ("POST p99 ms alone", of("post alone p99 ms"), ".1f"),
            ("POST p99 ms beside", of("post beside p99 ms"), ".1f"),
        ]
    if work.startswith("hostile"):
        return [
            ("answered after s", of("answered_s"), ".2f"),
            ("health check, slowest ms", of("health_ms"), ",.0f"),
            ("critical page late ms", of("late_ms"), ",.0f"),
            ("RSS grown MB, at its peak", of("grown_mb"), ",.0f"),
        ]
    if work.startswith("memory"):
        return [
            ("RSS MB, idle", of("idle_mb"), ".0f"),
            ("RSS MB, filled", of("filled_mb"), ".0f"),
            ("RSS MB, after a rest", of("rested_mb"), ".0f"),
            ("peak RSS MB", of("peak_mb"), ".0f"),
        ]
    if work == "kill -9":
        return [(figure, of(figure), ",.0f") for figure in ("answered", "known", "notified")]
    return [("median s", of("median_s"), ".2f"), ("max s", of("max_s"), ".2f")]


def _median(rounds: list[dict[str, Any]], pick: Pick) -> float | None:
    values = [value for figures in rounds if (value := pick(figures)) is not None]
    return median(values) if values else None


def _written(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)

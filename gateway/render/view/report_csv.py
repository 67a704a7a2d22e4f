"""A report as CSV: one row for each group, each person, or the total."""

import csv
import io
from collections.abc import Mapping
from typing import Any

_COUNTS = (
    "incidents",
    "open",
    "messages",
    "pages",
    "acknowledged",
    "missed",
    "no_action",
    "flapping",
    "useful",
    "noise",
)
_OF_PEOPLE = ("pages", "interruptions", "nights", "weekends", "holidays", "off_hours")
_SPREAD = ("median", "p90", "longest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet calculate a text (owasp.org, CSV injection)."""


def report_csv(report: Mapping[str, Any], *, people: bool) -> str:
    """Return the groups of a report, or its people; its total where it has no groups.

    Durations are in seconds. Spreadsheets get no text that they would calculate.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if people:
        spread = [f"{name}_seconds_to_acknowledge" for name in _SPREAD]
        writer.writerow(["person", "name", *_OF_PEOPLE, "seconds_on_call", "acknowledged", *spread])
        for one in report["people"]:
            names = [one["person"]["id"], one["person"]["name"]]
            on_call = one["on_call"]["seconds"] if one["on_call"] else ""
            counts = [one[name] for name in _OF_PEOPLE]
            writer.writerow(
                [
                    *map(_text, names),
                    *counts,
                    on_call,
                    one["acknowledged"],
                    *_spread(one["to_acknowledge"]),
                ]
            )
    else:
        by = report["by"] or "range"
        spread = [f"{name}_seconds_to_{what}" for what in _VERBS for name in _SPREAD]
        writer.writerow([by, "name", *_COUNTS, *spread])
        total = {"key": f"{report['from']}/{report['to']}", "name": "all"} | report["totals"]
        for group in report["groups"] if report["by"] else [total]:
            counts = [group[name] for name in _COUNTS]
            spreads = [value for what in _VERBS for value in _spread(group[f"to_{what}"])]
            writer.writerow([_text(group["key"]), _text(group["name"]), *counts, *spreads])
    return buffer.getvalue()


_VERBS = ("acknowledge", "resolve")


def _spread(values: Mapping[str, float] | None) -> list[float | str]:
    return [round(values[name], 3) if values else "" for name in _SPREAD]


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value

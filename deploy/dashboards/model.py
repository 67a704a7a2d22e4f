"""What a dashboard of ours consists of: its owner and purpose, rows, panels, queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a panel shows its queries."""

    LINES = "lines"
    BARS = "bars"  # stacked: counts that add up
    NUMBER = "number"  # the last value of each series


class Unit(StrEnum):
    """Units of values, by the identifiers of Grafana."""

    COUNT = "short"
    SECONDS = "s"
    BYTES = "bytes"
    PER_SECOND = "ops"
    SHARE = "percentunit"  # 0 to 1


@dataclass(frozen=True, slots=True)
class Query:
    """A query in PromQL. `legend` names each series, with `{{label}}` for the value of a label."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel with its four texts: what it shows, what is normal, what to do, and the runbook.

    `runbook` is the name of a page in the dashboard's folder of runbooks, or `../NAME` for a page
    beside that folder.
    `width` is in 24ths of the page. `limit` draws a line where normal ends; None draws none.
    """

    title: str
    shows: str
    normal: str
    action: str
    runbook: str
    queries: Sequence[Query]
    kind: Kind = Kind.LINES
    unit: Unit = Unit.COUNT
    width: int = 8
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A heading and the panels below it."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of a dashboard: the values of a label of a metric."""

    name: str
    label: str
    metric: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """Vertical lines in every panel, at times that series have as values.

    `expr` returns Unix milliseconds. `text` is shown at the line, with `{{label}}` as in legends.
    """

    name: str
    expr: str
    text: str


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard.

    `uid` is its permanent address in Grafana. `reviewed` is the date (ISO) on which somebody last
    compared every text with the truth. `runbooks` is the URL of the folder that panels link to,
    kept in a variable of the dashboard. `tag` joins dashboards that link to each other.
    """

    uid: str
    title: str
    owner: str
    purpose: str
    reviewed: str
    tag: str
    runbooks: str
    deployments: Marks
    rows: Sequence[Row]
    variables: Sequence[Variable] = ()
    since: str = "now-6h"

    def panels(self) -> Iterator[Panel]:
        """Return the panels of all rows, from the top."""
        for row in self.rows:
            yield from row.panels

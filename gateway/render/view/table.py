"""The alerts of a message as a table of their differences.

What all alerts share is listed once; a row holds the differences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.text.escape import one_line, safe_url
from gateway.render.view.clean import MAX_NAME, Labels, clean

MAX_ROWS = 20
MAX_COLUMNS = 8
MAX_CELL = 120

_FIRST = ("alertname", "severity", "instance")


@dataclass(frozen=True, slots=True)
class Row:
    """One alert. `cells` follow the table's columns, "" where the alert lacks the label."""

    status: str
    over: bool  # resolved, while others still fire
    summary: str  # empty unless the summaries differ
    cells: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]  # the columns that this alert has, with its values
    starts_at: float
    ends_at: float | None
    generator_url: object

    @property
    def url(self) -> str:
        """Return the source, or "" without a safe one."""
        return safe_url(str(self.generator_url or "")) or ""

    @property
    def text(self) -> str:
        """Return the row in one line: ``instance db-1, pool main``."""
        return ", ".join(f"{name} {value}" for name, value in self.pairs)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are the first alerts, worst first as the facts list them; `total` counts all."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    starts_differ: bool
    states_differ: bool
    summaries_differ: bool

    def beyond(self, shown: int) -> int:
        """Return how many alerts are omitted when only the first `shown` rows are printed."""
        return max(0, self.total - min(shown, len(self.rows)))


def table_of(facts: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of `alerts`, the well-formed ones among ``facts["alerts"]``."""
    labels = [alert.get("labels") or {} for alert in alerts]
    columns = differing_labels(labels, facts.get("common_labels"))[:MAX_COLUMNS]
    summaries = {(alert.get("annotations") or {}).get("summary") for alert in alerts}
    differ = len(summaries) > 1
    mixed = len({alert.get("status") for alert in alerts}) > 1
    starts = [alert.get("starts_at") for alert in alerts]
    known = [start for start in starts if isinstance(start, int | float)]
    return Table(
        columns=tuple(clean(name, MAX_NAME) for name in columns),
        rows=tuple(
            [
                _row(alert, columns, summaries_differ=differ, mixed=mixed)
                for alert in alerts[:MAX_ROWS]
            ]
        ),
        total=len(alerts) + _count(facts.get("more")),
        starts_differ=bool(known) and max(known) - min(known) >= 60,
        states_differ=mixed,
        summaries_differ=differ,
    )


def differing_labels(labels: Sequence[Mapping[str, Any]], common: object) -> list[str]:
    """Return the names of the labels whose values differ, sorted.

    `common` are the shared pairs if they are known; otherwise they are computed.
    """
    if len(labels) < 2:
        return []
    names = {name for each in labels for name in each}
    if isinstance(common, Mapping) and common:
        differing = [name for name in names if name not in common]
    else:
        first = labels[0]
        differing = [
            name for name in names if any(each.get(name) != first.get(name) for each in labels)
        ]
    return sorted(differing, key=lambda name: (_rank(name), name))


def _rank(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _row(
    alert: Mapping[str, Any], columns: Sequence[str], *, summaries_differ: bool, mixed: bool
) -> Row:
    labels = alert.get("labels") or {}
    cells = tuple([one_line(clean(labels.get(name)), MAX_CELL) for name in columns])
    names = [clean(name, MAX_NAME) for name in columns]
    summary = ""
    if summaries_differ:
        summary = one_line(Labels(alert.get("annotations"))["summary"], 200)
    start, end = alert.get("starts_at"), alert.get("ends_at")
    status = clean(alert.get("status")) or "firing"
    return Row(
        status=status,
        over=mixed and status == "resolved",
        summary=summary,
        cells=cells,
        pairs=tuple([pair for pair in zip(names, cells, strict=True) if pair[1]]),
        starts_at=float(start) if isinstance(start, int | float) else 0.0,
        ends_at=float(end) if isinstance(end, int | float) else None,
        generator_url=alert.get("generator_url"),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0

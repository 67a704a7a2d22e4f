"""The committed dashboards, and what their queries name."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.dashboards.files import BOARDS

FILES = sorted(BOARDS)
_NO_METRICS = re.compile(r"\{[^}]*\}|\[[^\]]*\]|(?:by|on|group_left|without) \([a-z_, ]+\)")
_FUNCTIONS = {
    "abs", "and", "bool", "by", "changes", "clamp_min", "count", "count_over_time",
    "histogram_quantile", "increase", "max", "min", "on", "or", "rate", "sum", "time", "topk",
}  # fmt: skip


def load_board(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels with queries, without the headings of rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries(board: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Return the title, query and legend of each query, and of the annotations."""
    for panel in panels(board):
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]
    for annotation in board["annotations"]["list"]:
        yield annotation["name"], annotation["expr"], annotation["titleFormat"]


def metrics_of(query: str) -> set[str]:
    """Return the names in a query that are neither functions nor labels."""
    return set(re.findall(r"[A-Za-z][A-Za-z_]+", _NO_METRICS.sub(" ", query))) - _FUNCTIONS

"""Writing of the test exports: ``python -m tests.importers.oncall.exports.make``."""

import json
from pathlib import Path
from typing import Any

from tests.importers.oncall.exports import goalert, grafana, opsgenie, pagerduty

FOLDER = Path(__file__).parent
EXPORTS = {
    "goalert.json": goalert.documents,
    "grafana.json": grafana.documents,
    "opsgenie.json": opsgenie.documents,
    "pagerduty.json": pagerduty.documents,
}


def export_text(documents: list[dict[str, Any]]) -> str:
    """The text of an export: a document a line, as `curl … >> FILE` writes them."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents)


if __name__ == "__main__":
    for name, documents in EXPORTS.items():
        (FOLDER / name).write_text(export_text(documents()), encoding="utf-8")

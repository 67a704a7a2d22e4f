"""Where the JSON of each dashboard is."""

from pathlib import Path

from deploy.dashboards import alerts, billing_health, billing_invariants, cron_jobs, gateway
from deploy.dashboards.board import board_json
from deploy.dashboards.model import Board

_FOLDER = Path(__file__).resolve().parent
_CHECKOUT = _FOLDER.parent.parent

GATEWAY_JSON = _FOLDER / "json"
"""Dashboards of every gateway. Compose mounts them, and the wheel has them."""

BILLING_JSON = _CHECKOUT / "docs" / "examples" / "billing" / "dashboards"
"""Dashboards of the billing example, beside the rules and runbooks that they are about."""

BOARDS: dict[Path, Board] = {
    GATEWAY_JSON / "gateway.json": gateway.BOARD,
    GATEWAY_JSON / "alerts.json": alerts.BOARD,
    BILLING_JSON / "billing-health.json": billing_health.BOARD,
    BILLING_JSON / "billing-invariants.json": billing_invariants.BOARD,
    BILLING_JSON / "cron-jobs.json": cron_jobs.BOARD,
}


COPIES = (
    _FOLDER.parent / "helm" / "alert-gateway" / "files" / "dashboards",
    _FOLDER.parent / "kubernetes" / "components" / "dashboards",
)
"""Folders with copies of GATEWAY_JSON: Helm and kustomize read no file outside their own."""


def texts() -> dict[Path, str]:
    """Return the JSON of each dashboard by the path of its file, copies included."""
    originals = {path: board_json(board) for path, board in BOARDS.items()}
    copies = {
        folder / path.name: text
        for folder in COPIES
        for path, text in originals.items()
        if path.parent == GATEWAY_JSON
    }
    return originals | copies

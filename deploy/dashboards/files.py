"""Where the JSON of each dashboard is."""

from pathlib import Path

from deploy.dashboards import gateway
from deploy.dashboards.board import board_json
from deploy.dashboards.model import Board

GATEWAY_JSON = Path(__file__).resolve().parent / "json"
"""Dashboards of every gateway; compose, Helm and the wheel take them from here."""

BOARDS: dict[Path, Board] = {GATEWAY_JSON / "gateway.json": gateway.BOARD}


def texts() -> dict[Path, str]:
    """Return the JSON of each dashboard by the path of its file."""
    return {path: board_json(board) for path, board in BOARDS.items()}

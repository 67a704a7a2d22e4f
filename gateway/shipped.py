"""Location of the files that ship with the gateway: templates, routes.yaml, rules, dashboards."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

SHIPPED_FILES = {
    "routes.yaml": "routes.yaml",
    "routes.schema.json": "docs/routes.schema.json",
    "sample-alert.json": "docs/samples/double-charge.json",
    "gateway.rules.yml": "docs/gateway.rules.yml",
    "gateway.dashboard.json": "deploy/dashboards/json/gateway.json",
    "alerts.dashboard.json": "deploy/dashboards/json/alerts.json",
}
"""Names below `gateway/shipped_files` in the wheel, and their paths in a checkout.

The wheel is built by the same table in pyproject.toml (`force-include`).
"""


def shipped_templates() -> Path:
    """Return the shipped templates' folder: beside the package in a checkout, else inside it."""
    inside = _PACKAGE / "shipped_templates"
    return inside if inside.is_dir() else _CHECKOUT / "templates"


def shipped_file(name: str) -> Path:
    """Return the path of one of SHIPPED_FILES. Raises KeyError for another name."""
    inside = _PACKAGE / "shipped_files"
    return inside / name if inside.is_dir() else _CHECKOUT / SHIPPED_FILES[name]

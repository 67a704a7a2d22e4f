"""Location of the templates that ship with the gateway."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_templates() -> Path:
    """Return the shipped templates' folder: beside the package in a checkout, else inside it."""
    inside = _PACKAGE / "shipped_templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"

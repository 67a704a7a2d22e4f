"""Where the files that ship with the gateway are, however it was installed."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_templates() -> Path:
    """Folder of the shipped templates: beside the package in a checkout, else inside it."""
    inside = _PACKAGE / "shipped_templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"

"""Values of JSON as texts, for labels and annotations."""

import re
from typing import Any

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]")


def text_of(value: Any) -> str:
    """Return a value as text: a number as it is written, empty for a list, an object or null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def label_name(text: str) -> str:
    """Return a sender's name as that of a label: `error.type` becomes `error_type`."""
    name = _NOT_IN_NAMES.sub("_", text)
    return f"_{name}" if name[:1].isdigit() else name

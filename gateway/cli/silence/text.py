"""A silence as text, for the commands about silences."""

from typing import Any

from gateway.cli.support.incident_text import clock
from gateway.core.time.timestamps import format_duration

SHORT = 8
"""Characters of an id that are printed. Fewer could name two of a few thousand silences."""


def matchers_text(silence: dict[str, Any]) -> str:
    """Return the matchers in the form that a command accepts."""
    return "{" + ", ".join(silence["matchers"]) + "}"


def period_text(silence: dict[str, Any], zone: str, now: float) -> str:
    """Return until when it holds, and from when where it has not begun."""
    until = clock(silence["ends_at"], zone, now)
    text = until
    if silence["state"] == "pending":
        text = f"{clock(silence['starts_at'], zone, now)} to {until}"
    if silence["gone_for"]:
        text += f", or {format_duration(silence['gone_for'])} after the last alert"
    return text


def reason_text(silence: dict[str, Any]) -> str:
    """Return the comment, followed by the annotations that a tool added."""
    notes = "".join(f" ({name}: {value})" for name, value in silence["annotations"].items())
    return f"{silence['comment']}{notes}"

"""A silence of the API in words, for the commands about silences."""

from typing import Any

from gateway.cli.support.incident_text import clock
from gateway.core.time.timestamps import format_duration

SHORT = 8
"""Characters of an id that are shown: enough to tell a few thousand silences apart."""


def matchers_text(silence: dict[str, Any]) -> str:
    """What it silences, as it can be typed again."""
    return "{" + ", ".join(silence["matchers"]) + "}"


def period_text(silence: dict[str, Any], zone: str, now: float) -> str:
    """From when, where it has not begun, and until when."""
    until = clock(silence["ends_at"], zone, now)
    text = until
    if silence["state"] == "pending":
        text = f"{clock(silence['starts_at'], zone, now)} to {until}"
    if silence["gone_for"]:
        text += f", or {format_duration(silence['gone_for'])} after the last alert"
    return text


def reason_text(silence: dict[str, Any]) -> str:
    """Why it was made, with what a tool noted beside."""
    notes = "".join(f" ({name}: {value})" for name, value in silence["annotations"].items())
    return f"{silence['comment']}{notes}"

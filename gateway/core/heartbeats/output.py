"""Output of a job, which anyone who knows its URL can send: made safe and cut."""

import re

from gateway.core.text.escape import escape_invisible

MOST_BYTES = 10_000
"""Bytes of a ping's body that are kept, as healthchecks.io does. Higher: larger rows."""

MOST_SHOWN = 1_000
"""Characters of it that an alert carries: its end, where programs say why they failed."""

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""Sequences with which programs colour what they print on a terminal."""


def safe_output(body: bytes) -> str:
    """Return the text of a body without colours, with all that is invisible as escapes."""
    text = body[:MOST_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")
    return escape_invisible(_COLOURS.sub("", text)).strip()


def shown_output(output: str) -> str:
    """Return the end of an output, as an alert carries it."""
    if len(output) <= MOST_SHOWN:
        return output
    return f"…{output[-MOST_SHOWN:]}"

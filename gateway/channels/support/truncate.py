"""Truncation of text, with a visible sign that something was cut."""

import re

_CONTROLS = re.compile(
    # As one_line of gateway.core.text.escape, but line ends and tabs stay.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)


def strip_controls(text: str) -> str:
    """Return the text without control and direction marks; its lines stay."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def truncate(text: str, limit: int) -> str:
    """Return at most `limit` characters; a cut text ends in "…"."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + "…"[:limit]


def truncate_lines(text: str, limit: int, note: str) -> str:
    """Return at most `limit` characters, cut at a line end if one is near.

    A cut text ends in `note`, which says where the rest is and counts as well.
    """
    if len(text) <= limit:
        return text
    length = max(limit - len(note) - 1, 0)
    head = text[:length]
    line_end = head.rfind("\n")
    if line_end > length * 3 // 4:
        head = head[:line_end]
    return f"{head.rstrip()}\n{note}"[:limit]


def truncate_bytes(text: str, limit: int, note: str) -> str:
    """Return at most `limit` bytes of UTF-8; a cut text ends in `note`."""
    if len(text.encode("utf-8", "replace")) <= limit:
        return text
    length = max(limit - len(note.encode("utf-8", "replace")) - 1, 0)
    head = text.encode("utf-8", "replace")[:length].decode("utf-8", "ignore")
    return f"{head.rstrip()}\n{note}"

"""Making text fit: cut where it shows, and say that it was cut."""

import re

_CONTROLS = re.compile(
    # As one_line of gateway.core.text.escape, but line ends and tabs stay.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)


def strip_controls(text: str) -> str:
    """The text with its lines kept and every other control or direction mark taken out."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters; what was longer ends in "…"."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + "…"[:limit]


def truncate_lines(text: str, limit: int, note: str) -> str:
    """At most `limit` characters, cut at the end of a line where one is near, then `note`.

    `note` says where the rest can be read; it counts.
    """
    if len(text) <= limit:
        return text
    room = max(limit - len(note) - 1, 0)
    kept = text[:room]
    line_end = kept.rfind("\n")
    if line_end > room * 3 // 4:
        kept = kept[:line_end]
    return f"{kept.rstrip()}\n{note}"[:limit]


def truncate_bytes(text: str, limit: int, note: str) -> str:
    """As cut_lines, with `limit` in bytes of UTF-8."""
    if len(text.encode("utf-8", "replace")) <= limit:
        return text
    room = max(limit - len(note.encode("utf-8", "replace")) - 1, 0)
    kept = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return f"{kept.rstrip()}\n{note}"

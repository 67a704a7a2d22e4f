"""Slack's mrkdwn: values without formatting, and cuts at safe positions.

Escaping itself is in `gateway.core.text.escape`; these are for text that code puts into blocks.
"""

import re

from gateway.core.text.escape import one_line, slack_escape

_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word it formats nothing
_CONTROL_SEQUENCE = re.compile(r"<(?=[!@#])")
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}")
_HALF_ENTITY = re.compile(r"&[a-z]{0,4}$")


def code(value: str, limit: int = 200) -> str:
    """Return a foreign value as a code span, in which nothing formats or links.

    Backticks would end the span, so they become apostrophes. `limit` counts the value before it
    is escaped: cutting after could split an entity.
    """
    shown = one_line(value, limit).replace("`", "'")
    return f"`{slack_escape(shown)}`" if shown else "`(empty)`"


def bold(value: str, limit: int = 100) -> str:
    """Return a foreign value in bold, its format marks replaced by similar characters."""
    shown = _EDGE_UNDERSCORE.sub("＿", one_line(value, limit).translate(_MARKS))
    return f"*{slack_escape(shown)}*" if shown else ""


def mention(user: str) -> str:
    """Return the mention of a member; empty for what cannot be a member's id."""
    return f"<@{user}>" if _MEMBER.fullmatch(user) else ""


def plain(escaped: str, limit: int) -> str:
    """Return escaped mrkdwn as one line of plain text, cut at `limit`.

    Slack's documentation does not say that plain_text never resolves ``<!…>``, so those few
    sequences get a similar bracket.
    """
    raw = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return one_line(_CONTROL_SEQUENCE.sub("‹", raw), limit)


def truncate_mrkdwn(text: str, limit: int, note: str) -> str:
    """Return at most `limit` characters of mrkdwn, ending in `note` if it was cut.

    It is not cut inside an entity or a link, but at a line end if one is near, and an open code
    block is closed.
    """
    if len(text) <= limit:
        return text
    fence = "\n```"
    length = max(limit - len(note) - 1 - len(fence), 0)
    head = text[:length]
    line_end = head.rfind("\n")
    if line_end > length * 3 // 4:
        head = head[:line_end]
    if head.rfind("<") > head.rfind(">"):
        head = head[: head.rfind("<")]
    head = _HALF_ENTITY.sub("", head).rstrip()
    if head.count("```") % 2:
        head += fence
    return f"{head}\n{note}"[:limit]


def split_lines(text: str, limit: int) -> list[str]:
    """Split mrkdwn between lines into parts of at most `limit` characters.

    A longer line, or a code block that would be split, is cut with a note.
    """
    parts: list[str] = []
    rest = text
    while len(rest) > limit:
        end = rest.rfind("\n", 0, limit + 1)
        head = rest[:end] if end > 0 else ""
        if not head or head.count("```") % 2:
            parts.append(truncate_mrkdwn(rest, limit, "… cut"))
            return parts
        parts.append(head.rstrip())
        rest = rest[end + 1 :]
    return [*parts, rest] if rest else parts

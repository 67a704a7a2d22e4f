"""Slack's mrkdwn: values that must not format, and cuts that break nothing.

Escaping itself is in `gateway.core.text.escape`; these are for text that code puts into blocks.
"""

import re

from gateway.core.text.escape import one_line, slack_escape

_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word it formats nothing
_CONTROL_SEQUENCE = re.compile(r"<(?=[!@#])")
_HALF_ENTITY = re.compile(r"&[a-z]{0,4}$")


def code(value: str, limit: int = 200) -> str:
    """A foreign value as a code span: shown as it is, nothing in it formats or links.

    Backticks would end the span, so they become apostrophes. `limit` counts the value before it
    is escaped: cutting after could split an entity.
    """
    shown = one_line(value, limit).replace("`", "'")
    return f"`{slack_escape(shown)}`" if shown else "`(empty)`"


def bold(value: str, limit: int = 100) -> str:
    """A foreign value in bold, its own format marks replaced by look-alikes."""
    shown = _EDGE_UNDERSCORE.sub("＿", one_line(value, limit).translate(_MARKS))
    return f"*{slack_escape(shown)}*" if shown else ""


def plain(escaped: str, limit: int) -> str:
    """mrkdwn-escaped text for a plain_text field, which decodes no entities: one line, cut.

    Slack's documentation does not say that plain_text never resolves ``<!…>``, so those few
    sequences get a look-alike bracket.
    """
    raw = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return one_line(_CONTROL_SEQUENCE.sub("‹", raw), limit)


def truncate_mrkdwn(text: str, limit: int, note: str) -> str:
    """At most `limit` characters of finished mrkdwn, then `note`.

    Never inside an entity or a link, at a line end where one is near, and with a code block that
    was left open closed again.
    """
    if len(text) <= limit:
        return text
    fence = "\n```"
    room = max(limit - len(note) - 1 - len(fence), 0)
    kept = text[:room]
    line_end = kept.rfind("\n")
    if line_end > room * 3 // 4:
        kept = kept[:line_end]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    kept = _HALF_ENTITY.sub("", kept).rstrip()
    if kept.count("```") % 2:
        kept += fence
    return f"{kept}\n{note}"[:limit]


def split_lines(text: str, limit: int) -> list[str]:
    """Finished mrkdwn in parts of at most `limit` characters, split between lines.

    A single line that is longer, or a code block that would be torn, is cut off visibly.
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

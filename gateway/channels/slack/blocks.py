"""A Slack message as blocks, within Slack's limits. Pure.

Limits (docs.slack.dev block pages; the same stand as constants in slack_sdk.models.blocks): 50
blocks; header 150 characters of plain text; section text 3000; 10 fields of 2000; button text 75,
url 3000. All text of all blocks together is undocumented: messages have been refused as
`msg_blocks_too_long` at 11,341 characters (slackapi/bolt-js#2867), so 8000 are planned for.
"""

import re
from collections.abc import Mapping, Sequence

from gateway.channels.slack.buttons import Block, Controls, button_blocks, written_links
from gateway.channels.slack.mrkdwn import bold, code, mention, plain, split_lines, truncate_mrkdwn
from gateway.channels.support import facts as read
from gateway.channels.support.truncate import strip_controls
from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NotifyReason
from gateway.core.text.escape import one_line, safe_url, slack_escape, slack_link

ALL_TEXT = 8000
HEADER = 150
SECTION = 3000
FALLBACK_TEXT = 3900  # advice is 4000 for `text`; some report msg_too_long above it
FIELDS = 10
FIELD_VALUE = 120
ALL_FIELDS = 2000
ALERT_LINES = 20
NOTE = 250  # room for the line that says how many alerts are not shown
LABELS_IN_LINE = 6
MOST_MENTIONS = 20
"""People mentioned in one message; a step that pages more is a broadcast, and the text is short."""

_MORE = {"incident": "the incident", "list": "the list of incidents"}
_SIGN = re.compile("[\u2000-\u2bff\U0001f000-\U0001faff]")
"""Symbols and emoji, with which a severity's title may begin."""
_RANK_EMOJI = {1: "🔴", 2: "🟠", 3: "🔵"}


def emoji(message: Message) -> str:
    """Return a sign for the state.

    The text says the same, because not everyone sees colour.
    """
    if message.status == "resolved":
        return "✅"
    if message.status == "acknowledged":
        return "👀"
    return _RANK_EMOJI.get(message.rank, "⚪")


def marked(message: Message, title: str) -> str:
    """Return a title with the sign of the state, unless it begins with a sign of its own."""
    has_sign = message.facts.get("heading") and _SIGN.match(title)
    return title if has_sign else f"{emoji(message)} {title}"


def rendered_part(message: Message, part: str) -> str:
    """Return a rendered part, which is escaped for mrkdwn, without control characters."""
    return strip_controls(message.parts.get(part, "")).strip()


def headline(message: Message) -> str:
    """Return one line of mrkdwn for notifications and screen readers, with the mentions."""
    severity = slack_escape(one_line(message.severity, 40)).upper()
    word = message.status.upper() if message.status != "firing" else severity
    title = rendered_part(message, "title") or slack_escape(read.incident_name(message))
    start = f"{word}: " if not message.facts.get("heading") else ""
    line = truncate_mrkdwn(marked(message, f"{start}{one_line(title)}"), 300, "…")
    return f"{line} {paged}" if (paged := mentions(message)) else line


def mentions(message: Message) -> str:
    """Return the mentions of the people who are paged, empty without any."""
    return " ".join(filter(None, map(mention, message.mentions[:MOST_MENTIONS])))


def blocks(message: Message, controls: Controls = Controls.LINKS) -> list[Block]:
    """Return the whole message. A line says how much does not fit."""
    title = rendered_part(message, "title") or slack_escape(read.incident_name(message))
    head = plain(title, HEADER - 2)
    content: list[Block] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": marked(message, head), "emoji": False},
        },
        _context(_status_line(message)),
    ]
    if paged := mentions(message):
        # Slack's clients ring for a mention in the blocks; `text` has it for the notification.
        content.append(_section(f"Paged: {paged}"))
    links = _controls(message, controls)
    common = read.shared_labels(message.facts)
    fields: list[Block] = []
    if common and message.status != "resolved":
        fields.append({"type": "section", "fields": _fields(common)})
    left = ALL_TEXT - _length([*content, *fields, *links])
    note = _omitted_line(message, "… cut")
    text = truncate_mrkdwn(rendered_part(message, "text"), left - NOTE, note)
    content += [_section(part) for part in split_lines(text, SECTION)]
    lines = _alert_lines(message, min(left - len(text), SECTION))
    if lines:
        fields.append(_section(lines))
    return [*content, *fields, *links]


def plain_text(message: Message) -> str:
    """Return the message without blocks, because Slack refused them: text and links."""
    links = written_links(message)
    tail = f"\n{links}" if links else ""
    body = f"{headline(message)}\n{rendered_part(message, 'text')}"
    if len(tail) > FALLBACK_TEXT // 2:
        tail = ""
    return truncate_mrkdwn(body, FALLBACK_TEXT - len(tail), _omitted_line(message, "… cut")) + tail


def _status_line(message: Message) -> str:
    facts = message.facts
    firing, resolved = read.count(facts, "firing"), read.count(facts, "resolved")
    items = [f"{emoji(message)} {message.status}"]
    if message.severity:
        items = [f"{emoji(message)} {bold(message.severity, 40)} · {message.status}"]
    if message.incident:
        items.append(f"incident #{message.incident}")
    if firing or resolved:
        items.append(f"{firing} firing" + (f", {resolved} resolved" if resolved else ""))
    if message.reason is not NotifyReason.FIRST:
        items.append(message.reason.value)
    return " · ".join(items)


def _fields(common: Mapping[str, str]) -> list[Block]:
    """Return the labels that all alerts share, severity and alertname first.

    At most ten.
    """
    first = [name for name in ("severity", "alertname") if name in common]
    names = first + [name for name in common if name not in first]
    shown: list[str] = []
    left = ALL_FIELDS
    for name in names[: FIELDS if len(names) <= FIELDS else FIELDS - 1]:
        text = f"{bold(name, 60)}\n{code(common[name], FIELD_VALUE)}"
        if len(text) > left:
            break
        shown.append(text)
        left -= len(text)
    if len(names) > len(shown):
        shown.append(f"… {len(names) - len(shown)} more labels")
    return [{"type": "mrkdwn", "text": text, "verbatim": True} for text in shown]


def _alert_lines(message: Message, limit: int) -> str:
    """Return a line for each alert with its own labels; what does not fit is counted."""
    facts = message.facts
    listed = read.alerts(facts)
    unlisted = read.count(facts, "more")
    if len(listed) + unlisted < 2:
        return ""
    common = read.mapping(facts, "common_labels")
    lines: list[str] = []
    used = 0
    for alert in listed[:ALERT_LINES]:
        line = _alert_line(alert, common)
        if used + len(line) + 1 > limit - NOTE:
            break
        lines.append(line)
        used += len(line) + 1
    hidden = len(listed) - len(lines) + unlisted
    if hidden:
        lines.append(_omitted_line(message, f"… {hidden} more"))
    return "\n".join(lines)


def _alert_line(alert: read.AlertFacts, common: Mapping[str, str]) -> str:
    state = "🔥" if alert.firing else "✅ resolved"
    unlike = list(read.differing_labels(alert, common).items())
    labels = " ".join(
        f"{bold(name, 40)} {code(value, 60)}" for name, value in unlike[:LABELS_IN_LINE]
    )
    if len(unlike) > LABELS_IN_LINE:
        labels += f" … {len(unlike) - LABELS_IN_LINE} more labels"
    # A long source link would crowd out other alerts.
    url = safe_url(alert.generator_url) if len(alert.generator_url) <= 300 else None
    return f"{state} {labels}" + (f" {slack_link(url, 'graph')}" if url else "")


def _omitted_line(message: Message, start: str) -> str:
    """Return '… 12 more, see link', with a link if there is one."""
    for link in message.links:
        if link.role in _MORE and safe_url(link.url) and len(link.url) <= 120:
            return f"{start}, see {slack_link(link.url, _MORE[link.role])}"
    return f"{start}, see {slack_escape(read.incident_name(message))}"


def _controls(message: Message, controls: Controls) -> list[Block]:
    """Return the links and actions; nothing where links in text are longer than a section."""
    if controls is not Controls.TEXT:
        return button_blocks(message, controls)
    line = written_links(message)
    return [_section(line)] if 0 < len(line) <= SECTION else []


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _length(content: Sequence[Block]) -> int:
    """Return the number of characters in these blocks, URLs included."""
    total = 0
    for block in content:
        texts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        for item in texts:
            if not isinstance(item, dict):
                continue
            inner = item.get("text")
            total += len(inner["text"] if isinstance(inner, dict) else inner or "")
            total += len(item.get("url") or "")
    return total

"""Built-in message texts for when a template fails. A notification is never lost.

They contain what a person must know, then which template failed and why, so that an admin can fix
it later.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape

from gateway.core.incidents.message import Link
from gateway.core.plan.channels import spec_of
from gateway.core.text.escape import one_line
from gateway.core.text.markup import Markup
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, duration

_LINE_PARTS = frozenset(("subject", "title", "summary"))
_ROWS = 10
_DIGEST_ROWS = 20


def plain_parts(
    names: Mapping[str, Any],
    channel: str,
    parts: Sequence[str],
    links: Sequence[Link],
    failure: str,
) -> dict[str, str]:
    """Return the channel's parts as plain text.

    `failure` says which template failed and why.
    """
    line = one_line(_line(names))
    body = [*_body(names), failure]
    markup = spec_of(channel).markup
    texts = {}
    for part in parts:
        if part in _LINE_PARTS:
            texts[part] = markup.escape(line) if markup else line
        elif part == "html":
            texts[part] = _html([line, *body], links)
        elif markup is not None:
            texts[part] = _marked_up([line, *body], links, markup)
        else:
            texts[part] = "\n".join([line, *body, *(f"{x.text}: {x.url}" for x in links)]) + "\n"
    return texts


def bare_names(facts: Any, kind: str) -> dict[str, Any]:
    """Return the few names that remain when the facts cannot be read."""
    number = facts.get("incident") if isinstance(facts, Mapping) else None
    severity = facts.get("severity") if isinstance(facts, Mapping) else None
    return {
        "number": f"#{clean(number) or '?'}",
        "severity": one_line(clean(severity), 40),
        "kind": kind,
        "name": "An alert",
    }


def _line(names: Mapping[str, Any]) -> str:
    kind = names.get("kind")
    tag = names.get("severity") or "alert"
    if kind == "test":
        tag = f"TEST, {tag}"
    elif kind not in ("firing", None):
        tag = f"{tag}, {kind}"
    what = ": ".join(text for text in (names.get("name"), names.get("summary")) if text)
    return f"[{tag}] {one_line(what, 90)} ({names.get('number', '#?')})"


def _body(names: Mapping[str, Any]) -> list[str]:
    zone, at = names.get("zone") or "UTC", names.get("at") or 0.0
    lines = [f"Status: {names.get('status') or 'unknown'}. Severity: {names.get('severity')}."]
    if names.get("since_at"):
        lines.append(
            f"Since {clock_time(names['since_at'], zone, at)} "
            f"({duration(names.get('lasted') or 0.0)})."
        )
    if names.get("ack"):
        name = names["ack"]["name"]
        over = names.get("status") == "resolved"
        lines.append(f"{name} had acknowledged it." if over else f"Acknowledged by {name}.")
    if names.get("missed_at"):
        missed_at = clock_time(names["missed_at"], zone, at)
        lines.append(f"Nobody acknowledged by {missed_at}: the response is missed.")
    elif names.get("respond_by"):
        lines.append(f"Acknowledge by {clock_time(names['respond_by'], zone, at)}.")
    for text in (names.get("note"), names.get("description")):
        if text:
            lines.append(text)
    lines += _digest_lines(names.get("digest") or ())
    table = names.get("table")
    if table is not None and table.total > 1:
        rows = [row for row in table.rows[:_ROWS] if row.text or row.summary]
        lines += [f"- {row.status}: {row.summary or row.text}" for row in rows]
        if table.total > len(rows):
            lines.append(f"… {table.total - len(rows)} more, see the incident.")
    return lines


def _digest_lines(digest: Sequence[Mapping[str, str]]) -> list[str]:
    lines = [
        f"- #{item['incident']} [{item['severity'] or 'alert'}, {item['status']}] "
        f"{one_line(item['title'], 90)}" + (f" {item['url']}" if item["url"] else "")
        for item in digest[:_DIGEST_ROWS]
    ]
    if len(digest) > _DIGEST_ROWS:
        lines.append(f"… {len(digest) - _DIGEST_ROWS} more, see the list of incidents.")
    return lines


def _marked_up(lines: list[str], links: Sequence[Link], markup: Markup) -> str:
    link_line = " · ".join(markup.link(link.url, link.text) for link in links)
    return "\n".join([*map(markup.escape, lines), *([link_line] if links else [])])


def _html(lines: list[str], links: Sequence[Link]) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    anchors = "".join(
        f'<p><a href="{escape(link.url)}">{escape(link.text)}</a></p>' for link in links
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>Alert</title></head>'
        f'<body style="font:16px/1.5 sans-serif">{paragraphs}{anchors}</body></html>'
    )

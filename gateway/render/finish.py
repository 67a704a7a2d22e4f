"""The finished message: rendered templates, or built-in plain text if one failed."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line
from gateway.render.fallback import bare_names, plain_parts
from gateway.render.jinja.failure import TemplateRenderError
from gateway.render.view.links import visible_links
from gateway.render.view.view import status_of, target_view, view_of

Outcome = Mapping[str, str] | TemplateRenderError
"""The channel's parts by name, or the first template that failed."""

LINES: Mapping[str, int] = {"subject": 130, "title": 150, "summary": 1024}
"""Parts of one line, and how many characters they may have.

Slack's header takes 150, PagerDuty's summary 1024 (see the vendors' API references).
"""

UNRANKED = 1000
"""The rank of a message whose severity is not declared: after every declared one."""

_ANSWERED = ("acknowledged", "resolved", "digest")
"""States and kinds of notices that need no acknowledgement."""


def finish_message(
    notice_id: int,
    facts: StoredFacts,
    target: Target,
    parts: Sequence[str],
    links: Sequence[Link],
    zone: str,
    kind: NoticeKind,
    reason: NotifyReason,
    outcome: Outcome,
) -> Message:
    """Return the message for `outcome`. After a failure all parts are built-in plain text.

    `links` are safe ones (see `safe_links`). Never raises for any facts (promise 7).
    """
    if not isinstance(outcome, TemplateRenderError):
        made, (status, severity, rank) = outcome, status_of(facts, kind)
        return _message(notice_id, facts, kind, reason, status, severity, rank, made, links, None)
    try:
        names = {**view_of(facts, kind, reason), "zone": zone, **target_view(target, links)}
    except Exception:  # facts of an older release, or damaged ones
        names = bare_names(facts, kind.value)
    made = plain_parts(names, target.channel, parts, links, outcome.sentence)
    status, severity = names.get("status") or "firing", names.get("severity") or ""
    rank, failed = names.get("rank"), outcome.template
    return _message(notice_id, facts, kind, reason, status, severity, rank, made, links, failed)


def message_without_text(
    notice_id: int, facts: StoredFacts, kind: NoticeKind, reason: NotifyReason
) -> Message:
    """Return the message for a channel that sends the facts themselves."""
    status, severity, rank = status_of(facts, kind)
    return _message(notice_id, facts, kind, reason, status, severity, rank, {}, (), None)


def safe_links(links: Sequence[Link], facts: StoredFacts, kind: NoticeKind) -> tuple[Link, ...]:
    """Return the links that are safe to show, in reading order."""
    return visible_links(links, answered=kind in _ANSWERED or facts.get("status") in _ANSWERED)


def _message(
    notice_id: int,
    facts: StoredFacts,
    kind: NoticeKind,
    reason: NotifyReason,
    status: str,
    severity: str,
    rank: int | None,
    parts: Mapping[str, str],
    links: Sequence[Link],
    failed: str | None,
) -> Message:
    return Message(
        notice_id=notice_id,
        incident=_number(facts.get("incident")),
        kind=kind,
        reason=reason,
        status=status,
        severity=severity,
        rank=UNRANKED if rank is None else rank,
        dedup_key=dedup_key(facts),
        parts={part: _fitted(part, text) for part, text in parts.items()},
        links=tuple(links),
        facts=facts,
        failed_template=failed,
    )


def dedup_key(facts: StoredFacts) -> str:
    """Return the key that all notices of an incident share, at most 255 characters.

    It contains the incident's number, group and opening time, because a new database may reuse
    numbers that a vendor still has.
    """
    origin = f"{facts.get('group_key')}|{facts.get('opened_at')}"
    digest = sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"gateway-{_number(facts.get('incident'))}-{digest}"


def _fitted(part: str, text: str) -> str:
    limit = LINES.get(part)
    if limit is None:
        return text.strip("\n") + "\n" if text.strip() else ""
    line = one_line(text)
    if len(line) <= limit:
        return line
    return _whole_entities(one_line(line, limit))


def _whole_entities(text: str) -> str:
    """Return text without a partial "&am…" at the end, where a Slack escape was cut."""
    start = text.rfind("&", max(0, len(text) - 6))
    return text if start < 0 or ";" in text[start:] else text[:start].rstrip() + "…"


def enum_member(enum: Callable[[Any], Any], value: object, otherwise: Any) -> Any:
    """Return the member of `enum` for `value`, or `otherwise` if it has none."""
    try:
        return enum(value)
    except ValueError:
        return otherwise


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0

"""The finished message: rendered templates, or built-in plain text if one failed."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.core.incidents.dedup_key import dedup_key as incident_key
from gateway.core.incidents.facts import StoredFacts
from gateway.core.incidents.message import Message
from gateway.core.text.escape import one_line
from gateway.render.fallback import bare_names, plain_parts
from gateway.render.jinja.failure import TemplateRenderError
from gateway.render.request import RenderRequest
from gateway.render.test_mark import marked_parts
from gateway.render.view.links import visible_links
from gateway.render.view.view import IncidentStatus, status_of, target_view, view_of

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


def finish_message(request: RenderRequest, outcome: Outcome) -> Message:
    """Return the message for `outcome`.

    After a failure all parts are built-in plain text.

    The request's links are safe ones (see `with_safe_links`). Never raises for any facts
    (promise 7).
    """
    facts, target, kind = request.facts, request.target, request.kind
    if not isinstance(outcome, TemplateRenderError):
        return _message(request, status_of(facts, kind), outcome)
    try:
        names = {
            **view_of(facts, kind, request.reason),
            "zone": request.zone,
            **target_view(target, request.links, takes_replies=request.takes_replies),
        }
    except Exception:  # facts of an older release, or damaged ones
        names = bare_names(facts, kind.value)
    parts = plain_parts(names, target.channel, request.parts, request.links, outcome.sentence)
    status = IncidentStatus(
        names.get("status") or "firing", names.get("severity") or "", names.get("rank")
    )
    return _message(request, status, parts, failed_template=outcome.template)


def message_without_text(request: RenderRequest) -> Message:
    """Return the message for a channel that sends the facts themselves."""
    request = with_safe_links(request)
    return _message(request, status_of(request.facts, request.kind), {})


def with_safe_links(request: RenderRequest) -> RenderRequest:
    """Return the request with the links that are safe to show, in reading order."""
    status = request.facts.get("status")
    links = visible_links(request.links, answered=request.kind in _ANSWERED or status in _ANSWERED)
    return replace(request, links=links)


def _message(
    request: RenderRequest,
    status: IncidentStatus,
    parts: Mapping[str, str],
    failed_template: str | None = None,
) -> Message:
    return Message(
        notice_id=request.notice_id,
        incident=_number(request.facts.get("incident")),
        kind=request.kind,
        reason=request.reason,
        status=status.status,
        severity=status.severity,
        rank=UNRANKED if status.rank is None else status.rank,
        dedup_key=dedup_key(request.facts),
        parts={part: _fitted(part, text) for part, text in marked_parts(request, parts).items()},
        links=tuple(request.links),
        facts=request.facts,
        failed_template=failed_template,
    )


def dedup_key(facts: StoredFacts) -> str:
    """Return the key that all notices of an incident share, at most 255 characters."""
    number = _number(facts.get("incident"))
    return incident_key(number, facts.get("group_key"), facts.get("opened_at"))


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


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0

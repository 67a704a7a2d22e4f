"""The links of alerts. Only http and https URLs become links."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.core.incidents.message import Link
from gateway.core.text.escape import one_line, safe_url

ORDER = (
    *("acknowledge", "take", "undo", "accept", "decline", "runbook", "incident", "rate", "list"),
    *("dashboard", "panel", "link", "image", "silence", "source"),
)
"""The order of links in a message: first actions, then what to read."""

_ANNOTATIONS = (
    ("runbook", "Runbook", ("runbook_url", "runbook")),
    ("dashboard", "Dashboard", ("dashboard_url", "dashboard")),
    ("panel", "Panel", ("panel_url",)),
    ("image", "Graph", ("image_url",)),
    ("silence", "Silence at the source", ("silence_url",)),
)


def links_from(facts: Mapping[str, Any]) -> list[Link]:
    """Return runbook, dashboard, panel and others, if the alerts name them with a safe URL.

    They come from annotations such as ``runbook_url`` (or ``runbook``): the common ones, else those
    of the first alert that has one. The source is the first alert's generator URL.
    """
    alerts = _mappings(facts.get("alerts"))
    common = facts.get("common_annotations")
    annotations = [common] if isinstance(common, Mapping) and common else []
    annotations += [alert["annotations"] for alert in alerts if alert.get("annotations")]
    links = []
    for role, text, names in _ANNOTATIONS:
        url = next(_urls(annotations, names), None)
        if url is not None:
            links.append(Link(role, text, url))
    source = safe_url(str(alerts[0].get("generator_url") or "")) if alerts else None
    if source is not None:
        links.append(Link("source", "Source", source))
    return links


def unsafe_links_text(facts: Mapping[str, Any], links: Iterable[Link]) -> str:
    """Return a sentence that names the alerts' unsafe links, or empty text.

    An annotation called `runbook` or `dashboard` may hold prose, and a generator URL anything:
    they count only if they look like a URL.
    """
    roles = {link.role for link in links}
    alerts = _mappings(facts.get("alerts"))[:20]
    common = facts.get("common_annotations")
    annotations = [common, *(alert.get("annotations") for alert in alerts)]
    names = [
        name
        for role, _, candidates in _ANNOTATIONS
        if role not in roles
        for name in candidates
        if any(
            isinstance(each, Mapping) and _means_url(name, str(each.get(name) or ""))
            for each in annotations
        )
    ]
    source = str(alerts[0].get("generator_url") or "") if alerts else ""
    if "source" not in roles and _means_url("source", source):
        names.append("source")
    if not names:
        return ""
    many = len(names) > 1
    return f"left out the link{'s' if many else ''} {', '.join(names)}: no safe http or https URL"


def _means_url(name: str, value: str) -> bool:
    return bool(value.strip()) and (name.endswith("_url") or "://" in value)


def visible_links(links: Sequence[Link], *, answered: bool) -> tuple[Link, ...]:
    """Return the links that are safe to show, in reading order.

    A resolved or acknowledged incident has no link to acknowledge.
    """
    safe = []
    for link in links:
        if answered and link.role == "acknowledge":
            continue
        url = safe_url(link.url)
        if url is not None:
            safe.append(Link(link.role, one_line(link.text, 75) or link.role.capitalize(), url))
    return tuple(sorted(safe, key=_rank))


def _rank(link: Link) -> int:
    return ORDER.index(link.role) if link.role in ORDER else len(ORDER)


def _urls(annotations: Sequence[Any], names: Sequence[str]) -> Iterator[str]:
    for each in annotations[:20]:  # more would cost more than a missing link
        for name in names:
            url = safe_url(str(each.get(name) or "")) if isinstance(each, Mapping) else None
            if url is not None:
                yield url


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []

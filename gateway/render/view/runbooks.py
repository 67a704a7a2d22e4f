"""The runbook of an incident: its link, and the file behind it where the gateway serves it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from gateway.core.incidents.message import Link
from gateway.core.plan.plan import Plan
from gateway.core.plan.runbooks import PATH, Runbook
from gateway.core.text.escape import safe_url
from gateway.render.view.links import links_from
from gateway.short_templates.errors import ShortTemplateError
from gateway.short_templates.template import fill_url
from gateway.short_templates.values import LabelValues

ROLE = "runbook"


class IncidentRunbook(NamedTuple):
    """What to do about an incident: the link to it, and its text if the gateway serves it."""

    link: Link | None = None
    page: Runbook | None = None


def runbook_of(facts: Mapping[str, Any], plan: Plan, external_url: str) -> IncidentRunbook:
    """Return the runbook of these facts.

    The alerts' own URL wins, then a file that their annotation `runbook` names, then the one of the
    alert's name. An incident of several alerts has that of the alert that they share, or of the
    first, which is the worst.
    """
    base = f"{external_url.rstrip('/')}/{PATH}/"
    own = next((link for link in links_from(facts) if link.role == ROLE), None)
    if own is not None:
        name = own.url.removeprefix(base).partition("#")[0] if own.url.startswith(base) else ""
        return IncidentRunbook(own, plan.runbooks.find(name) if name else None)
    alertname, annotation = _names(facts)
    if plan.runbooks.url:
        return IncidentRunbook(_link(_external(plan.runbooks.url, facts, alertname)))
    page = plan.runbooks.find(annotation) if annotation else None
    page = page or (plan.runbooks.find(alertname) if alertname else None)
    return IncidentRunbook(_link(f"{base}{quote(page.name)}"), page) if page else IncidentRunbook()


def _names(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return the alert's name, and the name of a file that its annotation `runbook` has."""
    labels, annotations = facts.get("common_labels"), facts.get("common_annotations")
    listed = facts.get("alerts")
    first = listed[0] if isinstance(listed, list) and listed else {}
    alertname = _text(labels, "alertname") or _text(first.get("labels"), "alertname")
    annotation = _text(annotations, ROLE) or _text(first.get("annotations"), ROLE)
    return alertname, annotation.rpartition("/")[2].removesuffix(".md")


def _external(url: str, facts: Mapping[str, Any], alertname: str) -> str:
    """Return the URL of an alert's runbook, empty where the alert has no name."""
    if not alertname:
        return ""
    if "{{" not in url:
        return f"{url.rstrip('/')}/{quote(alertname, safe='')}"
    labels = facts.get("common_labels")
    names = {
        "alertname": alertname,
        "labels": LabelValues(labels if isinstance(labels, Mapping) else {}),
        "severity": facts.get("severity") or "",
    }
    try:
        return fill_url(url, names)
    except ShortTemplateError:
        return ""


def _link(url: str) -> Link | None:
    safe = safe_url(url)
    return Link(ROLE, "Runbook", safe) if safe is not None else None


def _text(values: object, name: str) -> str:
    value = values.get(name) if isinstance(values, Mapping) else None
    return value if isinstance(value, str) else ""

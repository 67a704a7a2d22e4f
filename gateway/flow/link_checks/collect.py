"""The links to check: those that messages about alerts would have, and those of the file itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.core.alerts.own_alerts import CONDITIONS
from gateway.core.plan.link_checks import FoundLink
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import match_routes, walk
from gateway.core.text.escape import safe_url
from gateway.core.text.text_template import is_template
from gateway.render.view.declared_links import filled_links, incident_links
from gateway.render.view.runbooks import ROLE as RUNBOOK
from gateway.render.view.runbooks import runbook_of

CHECKED_ROLES = frozenset({RUNBOOK, "dashboard", "panel", "link"})
"""Links to read. Images and sources are of one moment: they may be gone rightly."""

OWN_PAGES = "https://gateway.invalid"
"""Stands for the gateway's own address: its runbooks are looked up, not requested."""

_PAGE_LINK = re.compile(r"\]\(([A-Za-z0-9_.-]+)\.md(?:#[^)\s]*)?\)")

Labels = Mapping[str, str]


def links_of_alert(
    plan: Plan, labels: Labels, annotations: Labels, since: float, position: str
) -> Iterator[FoundLink]:
    """Yield the links that messages about an alert would have, of each of its routes."""
    annotations = {name: text for name, text in annotations.items() if not is_template(text)}
    labels = {name: text for name, text in labels.items() if not is_template(text)}
    for facts in _facts(plan, labels, annotations, since):
        for link in incident_links(facts, plan, OWN_PAGES).links:
            if link.role in CHECKED_ROLES and not link.url.startswith(OWN_PAGES):
                yield FoundLink(link.url, (position,))
    yield from _missing_file(plan, labels, annotations, position)


def _facts(
    plan: Plan, labels: Labels, annotations: Labels, since: float
) -> Iterator[dict[str, Any]]:
    """Yield what links are made of, for an incident of this one alert without a number."""
    for route in match_routes(plan.root, labels):
        yield {
            "route": route.id,
            "route_labels": dict(route.labels),
            "common_labels": dict(labels),
            "common_annotations": dict(annotations),
            "severity": plan.severity_of(labels).name,
            "team": {"name": plan.team_name(plan.team_of(labels))},
            "incident": 0,
            "since": since,
        }


def _missing_file(
    plan: Plan, labels: Labels, annotations: Labels, position: str
) -> Iterator[FoundLink]:
    """Yield the file that the annotation `runbook` names, if the served folder lacks it."""
    name = annotations.get(RUNBOOK, "")
    if not name or not plan.runbooks.folder or safe_url(name) is not None or " " in name.strip():
        return
    if plan.runbooks.find(name.rpartition("/")[2].removesuffix(".md")) is None:
        facts = {"common_labels": dict(labels), "common_annotations": dict(annotations)}
        instead = runbook_of(facts, plan, OWN_PAGES).page
        text = f"the folder {plan.runbooks.folder} has no file of that name"
        if instead is not None:
            text += f"; {instead.name}.md is shown, by the alert's name"
        yield FoundLink(name, (position,), text)


def links_of_file(plan: Plan, since: float, position: str = "routes.yaml") -> Iterator[FoundLink]:
    """Yield the links of routes.yaml that need no alert, and links between served runbooks.

    `since` is the start of an alert that links by time are filled with (Unix seconds).
    """
    for route in walk(plan.root):
        if not route.links:
            continue
        facts = {"route": route.id, "route_labels": dict(route.labels), "since": since}
        for one in filled_links(facts, plan):
            if one.link is not None:
                yield FoundLink(one.link.url, (f"{position}:{one.line}" if one.line else position,))
    for heartbeat in plan.heartbeats.values():
        for labels in heartbeat.labels.values():
            name = f"{position}: heartbeat {heartbeat.name}"
            yield from links_of_alert(plan, labels, heartbeat.annotations, since, name)
    if plan.own_alerts.runbooks:
        base = plan.own_alerts.runbooks.rstrip("/")
        for condition in CONDITIONS.values():
            yield FoundLink(f"{base}/{condition.runbook}", (condition.name,))
    yield from _links_between_runbooks(plan)


def unfilled_links(plan: Plan) -> list[tuple[str, str]]:
    """Return the links of routes.yaml that need an alert: title, and what is missing."""
    missing = {}
    for route in walk(plan.root):
        for one in filled_links({"route": route.id, "since": 0.0}, plan) if route.links else ():
            if one.missing:
                missing[one.title] = one.missing
    return list(missing.items())


def _links_between_runbooks(plan: Plan) -> Iterator[FoundLink]:
    for page in plan.runbooks.pages.values():
        for name in _PAGE_LINK.findall(page.text):
            if plan.runbooks.find(name) is None:
                position = f"{plan.runbooks.folder}/{page.name}.md"
                yield FoundLink(f"{name}.md", (position,), "there is no such runbook")


def followed(links: Iterable[FoundLink]) -> list[FoundLink]:
    """Return those that are to be followed."""
    return [one for one in links if not one.problem]

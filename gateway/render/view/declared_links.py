"""The links that routes.yaml adds to an incident, filled with its labels."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.core.incidents.message import Link
from gateway.core.plan.plan import Plan
from gateway.core.routing.links import LinkTemplate
from gateway.core.text.escape import LONGEST_URL, one_line, safe_url
from gateway.render.view.clean import clean
from gateway.render.view.links import links_from
from gateway.render.view.numbers import number
from gateway.render.view.runbooks import ROLE as RUNBOOK
from gateway.render.view.runbooks import runbook_of
from gateway.short_templates.errors import MissingValueError, ShortTemplateError
from gateway.short_templates.template import fill_title, fill_url
from gateway.short_templates.values import LabelValues

LINK_TITLE = 75
"""Characters of a title: those of a button in Slack."""


class IncidentLinks(NamedTuple):
    """The links to read about an incident, and why some of routes.yaml cannot be used."""

    links: list[Link]
    problems: list[str]


class FilledLink(NamedTuple):
    """A link of routes.yaml: usable, or left out; that a label is missing is no problem."""

    title: str
    link: Link | None = None
    missing: str = ""
    problem: str = ""
    line: int = 0


def incident_links(facts: Mapping[str, Any], plan: Plan, external_url: str) -> IncidentLinks:
    """Return the runbook, the links of the alerts' annotations and those of the incident's route.

    Messages, pages and the API have their links to read from here alone.
    """
    declared = declared_links(facts, plan)
    runbook = runbook_of(facts, plan, external_url).link
    others = [link for link in links_from(facts) if link.role != RUNBOOK]
    first = [runbook] if runbook is not None else []
    return IncidentLinks([*first, *others, *declared.links], declared.problems)


def declared_links(facts: Mapping[str, Any], plan: Plan) -> IncidentLinks:
    """Return the links of the incident's route."""
    filled = filled_links(facts, plan)
    return IncidentLinks(
        [one.link for one in filled if one.link is not None],
        [f'link "{one.title}": {one.problem}' for one in filled if one.problem],
    )


def filled_links(facts: Mapping[str, Any], plan: Plan) -> list[FilledLink]:
    """Return each link of the incident's route, in its order."""
    route = facts.get("route")
    templates = plan.route(route if isinstance(route, str) else "").links
    if not templates:
        return []
    names = short_names(facts)
    return [_filled(one, names)._replace(line=one.line) for one in templates]


def _filled(template: LinkTemplate, names: Mapping[str, Any]) -> FilledLink:
    name = template.title
    try:
        title, url = fill_title(name, names, LINK_TITLE), fill_url(template.url, names)
    except MissingValueError as error:
        return FilledLink(name, missing=str(error))
    except ShortTemplateError as error:
        return FilledLink(name, problem=str(error))
    safe = safe_url(url)
    if safe is None:
        shown = one_line(clean(url, 100))
        text = f"no safe http or https URL of at most {LONGEST_URL} characters: {shown}"
        return FilledLink(name, problem=text)
    return FilledLink(name, Link("link", title or "Link", safe))


def short_names(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what short templates may name; what is unknown is missing."""
    labels = {**_mapping(facts, "route_labels"), **_mapping(facts, "common_labels")}
    team = _mapping(facts, "team").get("name")
    since = number(facts.get("since"))
    names = {
        "labels": LabelValues(labels),
        "annotations": LabelValues(_mapping(facts, "common_annotations")),
        "alertname": labels.get("alertname"),
        "severity": facts.get("severity"),
        "team": team,
        "incident": facts.get("incident"),
        "since": None if since is None else int(since),
    }
    return {name: value for name, value in names.items() if value not in (None, "")}


def _mapping(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = facts.get(name)
    return value if isinstance(value, Mapping) else {}

"""The title of a severity in routes.yaml, filled with an incident's labels."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.core.plan.plan import Plan
from gateway.render.view.declared_links import short_names
from gateway.short_templates.errors import MissingValueError, ShortTemplateError
from gateway.short_templates.template import fill_title

TITLE_CHARACTERS = 60
"""Characters of a title. Higher: a phone's lock screen cuts the alert's name behind it."""


class SeverityTitle(NamedTuple):
    """A filled title, empty where it cannot be used; `missing` or `problem` then say why."""

    text: str = ""
    missing: str = ""
    problem: str = ""


def severity_title(facts: Mapping[str, Any], plan: Plan) -> SeverityTitle:
    """Return the title for these facts; empty if their severity has none."""
    severity = facts.get("severity")
    template = plan.severity_named(severity if isinstance(severity, str) else "").title
    if not template:
        return SeverityTitle()
    try:
        return SeverityTitle(fill_title(template, short_names(facts), TITLE_CHARACTERS))
    except MissingValueError as error:
        return SeverityTitle(missing=str(error))
    except ShortTemplateError as error:
        return SeverityTitle(problem=str(error))

"""Short templates: checked when routes.yaml is loaded, filled for a message."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, UndefinedError, nodes

from gateway.core.errors import GatewayError
from gateway.core.text.escape import LONGEST_URL, one_line, safe_url
from gateway.core.text.nearest import nearest
from gateway.short_templates.sandbox import FILTERS, SampleLabels, ShortEnvironment

NAMES: Mapping[str, str] = {
    "labels": "the labels that all alerts share, and those that the route adds",
    "annotations": "the annotations that all alerts share",
    "alertname": "the label alertname",
    "severity": "the severity of the incident",
    "team": "the name of its team; missing without one",
    "incident": "the number of the incident",
    "since": "when the first alert began, in whole unix seconds",
}
"""What a short template may name, in the braces."""

_FIXED_HOST = re.compile(r"https?://[^/?#\s{}]+([/?#]|\Z)", re.IGNORECASE)
_ENVIRONMENTS = {url: ShortEnvironment(url=url) for url in (False, True)}
_SAMPLES = {"alertname": "Sample", "severity": "critical", "team": "Sample"}


class ShortTemplateError(GatewayError, ValueError):
    """A short template that cannot be used; `suggestion` is a similar name that exists."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class MissingValueError(ShortTemplateError):
    """The alerts lack a label that the template needs, or do not share it."""


def check_url(text: str) -> str:
    """Return the template of a link's URL. Raises ShortTemplateError with what is wrong.

    Scheme and host must be text: labels come from anyone who may post an alert.
    """
    if not _FIXED_HOST.match(text):
        raise ShortTemplateError(
            f'"{one_line(text, 80)}": write https:// and a whole host name as text, then a "/": '
            "https://grafana.example.com/explore?service={{ labels.service | urlencode }}"
        )
    url = _tried(text, url=True)
    if safe_url(url) is None:
        raise ShortTemplateError(
            f'"{one_line(url, 80)}" is no safe link: http or https, no user name or password, '
            f"at most {LONGEST_URL} characters"
        )
    return text


def check_title(text: str) -> str:
    """Return the template of a title. Raises ShortTemplateError with what is wrong."""
    if not one_line(_tried(text, url=False)):
        raise ShortTemplateError("the title would be empty")
    return text


def fill_url(text: str, names: Mapping[str, Any]) -> str:
    """Return a filled URL, which need not be safe. Raises ShortTemplateError."""
    return _filled(text, names, url=True)


def fill_title(text: str, names: Mapping[str, Any], limit: int) -> str:
    """Return a filled title on one line, cut to `limit` characters. Raises ShortTemplateError."""
    return one_line(_filled(text, names, url=False), limit)


def _tried(text: str, *, url: bool) -> str:
    """Return the text for sample labels. Raises ShortTemplateError."""
    environment = _ENVIRONMENTS[url]
    try:
        tree = environment.parse(text)
    except TemplateError as error:
        raise _error_of(error) from None
    for name in tree.find_all(nodes.Name):
        _require(name.name, NAMES, "name")
    for one in tree.find_all(nodes.Filter):
        _require(one.name, FILTERS, "filter")
    sample = SampleLabels()
    numbers = {"incident": 1, "since": 1_700_000_000}
    return _filled(text, {**_SAMPLES, **numbers, "labels": sample, "annotations": sample}, url=url)


def _require(name: str, known: Iterable[str], what: str) -> None:
    if name in known:
        return
    text, near = f'there is no {what} "{one_line(name, 40)}"', nearest(name, known)
    if what == "name" and near not in ("labels", "annotations"):
        # Most probably a label: the nearest name would be another thing.
        text, near = f"{text}: write {{{{ labels.{name} }}}} for a label", None
    raise ShortTemplateError(f"{text}; allowed: {', '.join(sorted(known))}", near)


def _filled(text: str, names: Mapping[str, Any], *, url: bool) -> str:
    try:
        return _compiled(text, url=url).render(names)
    except UndefinedError as error:
        raise MissingValueError(one_line(str(error), 200)) from None
    except Exception as error:  # a value may have any form, and no template stops a message
        raise _error_of(error) from None


def _error_of(error: Exception) -> ShortTemplateError:
    return ShortTemplateError(one_line(str(error) or type(error).__name__, 200))


@lru_cache(maxsize=1000)
def _compiled(text: str, *, url: bool) -> Template:
    return _ENVIRONMENTS[url].from_string(text)

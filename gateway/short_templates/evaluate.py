"""Evaluation of short templates by Jinja, in the sandbox."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, UndefinedError, nodes

from gateway.core.text.escape import one_line
from gateway.core.text.nearest import nearest
from gateway.short_templates.errors import MissingValueError, ShortTemplateError
from gateway.short_templates.sandbox import FILTERS, ShortEnvironment
from gateway.short_templates.values import NAMES, sample_values

_ENVIRONMENTS = {url: ShortEnvironment(url=url) for url in (False, True)}


def tried(text: str, *, url: bool) -> str:
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
    return filled(text, sample_values(), url=url)


def _require(name: str, known: Iterable[str], what: str) -> None:
    if name in known:
        return
    text, near = f'there is no {what} "{one_line(name, 40)}"', nearest(name, known)
    if what == "name" and near not in ("labels", "annotations"):
        # Most probably a label: the nearest name would be another thing.
        text, near = f"{text}: write {{{{ labels.{name} }}}} for a label", None
    raise ShortTemplateError(f"{text}; allowed: {', '.join(sorted(known))}", near)


def filled(text: str, names: Mapping[str, Any], *, url: bool) -> str:
    """Return the text of a template for these values. Raises ShortTemplateError."""
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

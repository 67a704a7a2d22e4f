"""Short templates: checked when routes.yaml is loaded, filled for a message."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.core.text.escape import LONGEST_URL, one_line, safe_url
from gateway.short_templates.errors import ShortTemplateError

_FIXED_HOST = re.compile(r"https?://[^/?#\s{}]+([/?#]|\Z)", re.IGNORECASE)


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
    """Return the text for sample values. Raises ShortTemplateError."""
    if "{" not in text:
        return text
    # Jinja takes 40 ms to import: commands that fill nothing start without it.
    from gateway.short_templates.evaluate import tried

    return tried(text, url=url)


def _filled(text: str, names: Mapping[str, Any], *, url: bool) -> str:
    """Return the text for these values. Raises ShortTemplateError."""
    if "{" not in text:
        return text
    from gateway.short_templates.evaluate import filled

    return filled(text, names, url=url)

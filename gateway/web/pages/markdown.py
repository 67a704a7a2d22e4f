"""Comments as safe HTML: CommonMark, then only harmless elements.

Limits: images load nothing from outside, links open in their own right and say nothing about this
page (https://nh3.readthedocs.io for the meaning of the options).
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

LONGEST_SOURCE = 20_000
"""Characters that are read as Markdown; longer texts are shown as they are."""

_ELEMENTS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "mailto"}
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})


@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """Return the text as HTML that is safe in any page. Headings and images become plain text."""
    if len(text) > LONGEST_SOURCE:
        return Markup("<pre>{}</pre>").format(text)  # escaped
    html = nh3.clean(
        _PARSER.render(text),
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html)  # noqa: S704  # cleaned above

"""Runbooks as safe HTML: CommonMark without images, raw HTML, and links to anything but the web.

markdown-it makes links of any scheme but a few, and of `//host` too, so links are checked here
before nh3 removes what is not listed.
"""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from gateway.core.text.escape import safe_url

_ELEMENTS = {
    *("p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_NEIGHBOUR = re.compile(r"(?:\./)?([A-Za-z0-9][A-Za-z0-9._-]*)\.md(#[\w-]*)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MAILTO = re.compile(r"mailto:[\w.+-]+@[\w.-]+")


@lru_cache(maxsize=64)
def runbook_html(text: str, pages: str = "") -> Markup:
    """Return a runbook's Markdown as HTML that is safe in any page.

    May take half a second for a long text: call it in a thread. Links to other files of the folder
    become links to their pages, to which `pages` is the relative path.
    """
    html = nh3.clean(
        _parser(pages).render(text),
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html)  # noqa: S704  # cleaned above


def _parser(pages: str) -> MarkdownIt:
    def normal_link(url: str) -> str:
        neighbour = _NEIGHBOUR.fullmatch(url)
        return f"{pages}{neighbour[1]}" if neighbour else safe_url(url) or url

    def is_allowed(url: str) -> bool:
        is_page = _NAME.fullmatch(url.removeprefix(pages)) is not None
        return is_page or _MAILTO.fullmatch(url) is not None or safe_url(url) == url

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
    parser.normalizeLink = normal_link  # type: ignore[method-assign]
    parser.validateLink = is_allowed  # type: ignore[method-assign]
    return parser

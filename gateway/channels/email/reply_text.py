"""The new text of a reply by mail: without quotes, signature and markup."""

import re
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

MOST_CHARACTERS = 4000
"""Characters of a mail that are read. The library's time is quadratic: this takes 0.2 s at worst,
8000 characters of blank lines took 2.9 s before they were joined."""

MOST_HTML = 200_000
"""Characters of HTML that are read for its text."""

LANGUAGES = ["en", "de", "fr", "es", "it", "nl"]
"""Languages of the lines above quotes, such as "On Monday ana wrote:"."""

_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_HIDDEN = frozenset({"head", "script", "style", "title", "blockquote"})
_BREAKS = frozenset({"br", "div", "p", "li", "tr", "h1", "h2", "h3"})
_PARSER = EmailReplyParser(languages=LANGUAGES)


def new_text(text: str, html: str = "") -> str:
    """Return what the sender wrote above the quoted mail; of HTML where there is no plain text.

    Takes up to 0.2 s: call it in a thread.
    """
    cut = plain_text(text, html)[:MOST_CHARACTERS]
    replies = _PARSER.read(cut).replies if cut else []
    body = (replies[0].body or "") if replies else ""
    # The library leaves a quote in place that is followed by an answer.
    lines = [line for line in body.splitlines() if not line.lstrip().startswith(">")]
    return "\n".join(lines).strip()


def plain_text(text: str, html: str = "") -> str:
    """Return the whole text of a mail, that of HTML where there is no plain text."""
    return _normalized(text if text.strip() else _text_of(html[:MOST_HTML]))


def _normalized(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    joined = "\n".join(_BLANKS.sub(" ", line).rstrip() for line in lines)
    return _EMPTY_LINES.sub("\n\n", joined).strip()


class _Text(HTMLParser):
    """Collects text, without what is hidden or quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)

"""The mark of tests in each text of a message, also in those of templates that know no tests."""

import re
from collections.abc import Mapping

from gateway.core.plan.channels import spec_of
from gateway.render.request import RenderRequest

_LINES = frozenset(("subject", "title", "summary"))
_MARK = re.compile(r"\bTEST\b|This is a test")
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_SENTENCE = "TEST. Nothing is wrong."


def marked_parts(request: RenderRequest, parts: Mapping[str, str]) -> Mapping[str, str]:
    """Return the texts of a message; those of a test say so, by the template or by us."""
    if request.facts.get("test") is not True:
        return parts
    return {part: _marked(part, text, request.target.channel) for part, text in parts.items()}


def _marked(part: str, text: str, channel: str) -> str:
    if not text.strip() or _MARK.search(text):
        return text
    if part in _LINES:
        return f"TEST: {text.lstrip()}"
    if part != "html":
        markup = spec_of(channel).markup
        return f"{markup.escape(_SENTENCE) if markup else _SENTENCE}\n{text}"
    paragraph = f"<p><strong>{_SENTENCE}</strong></p>"
    body = _BODY.search(text)
    at = body.end() if body else 0
    return text[:at] + paragraph + text[at:]

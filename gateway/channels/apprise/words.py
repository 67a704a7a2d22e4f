"""The title and the body of a message to a service, within its limits and without mentions."""

import re

from gateway.channels.support.facts import incident_name
from gateway.channels.support.truncate import strip_controls, truncate, truncate_lines
from gateway.core.incidents.message import Message
from gateway.core.text.escape import one_line

LONGEST_BODY = 30_000
"""Characters of a body. Services have lower limits, which their plugins know."""

LONGEST_TITLE = 200
"""Characters of a title, also where a service takes more."""

SHORTEST_BODY = 40
"""Characters of a body that are left beside the title where a service takes very little."""

_MENTION = re.compile(r"@(?=(?:everyone|here|channel|all|room|online)\b)", re.IGNORECASE)
_MARKED_MENTION = re.compile(r"<(?=[!@#])")


def title_and_body(message: Message, title_limit: int, body_limit: int) -> tuple[str, str]:
    """Return both, cut to the service's limits; `title_limit` 0: it has no titles.

    The first line of the text is the title. Where there are no titles the library puts it before
    the body, so both share the body's limit.
    """
    text = without_mentions(strip_controls(message.parts.get("text", ""))).strip()
    title, _, body = (text or incident_name(message)).partition("\n")
    title = truncate(one_line(title), min(title_limit or LONGEST_TITLE, LONGEST_TITLE))
    limit = min(body_limit, LONGEST_BODY)
    if not title_limit:
        limit = max(limit - len(title) - 10, SHORTEST_BODY)
    body = body.strip() or title
    if message.reduced:
        body = title
    return title, truncate_lines(body, limit, f"… cut, see {incident_name(message)}")


def without_mentions(text: str) -> str:
    """Return the text so that no service takes a part of it as a mention of everybody."""
    return _MARKED_MENTION.sub("< ", _MENTION.sub("@ ", text))

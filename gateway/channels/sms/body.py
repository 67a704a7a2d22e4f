"""The text of a message to a phone: the worst first, then how to answer, then one short link."""

from gateway.channels.sms.segments import capacity, cut, is_gsm7, plain_text, units
from gateway.channels.support.facts import incident_name
from gateway.channels.support.truncate import strip_controls
from gateway.core.incidents.message import Link, Message
from gateway.core.text.escape import safe_url

MAX_SEGMENTS = 2
"""Segments of a message, unless the account says otherwise. Each is paid for, and carriers deliver
long messages later."""

LONGEST_TEXT = 4000
"""Characters of a text that are read; ten segments have fewer."""

LONGEST_LINK = 120
"""Characters of a link that is sent. A longer one would leave no space for the text."""

_SHORT_ROLES = ("incident", "list", "oncall")
_ROLES = ("acknowledge", "take", "accept", "accept_swap", *_SHORT_ROLES)


def body(message: Message, most: int, *, replies: bool) -> str:
    """Return the text, which takes at most so many segments.

    `replies`: an answer to the message acts. Then the short link to the incident's page is enough;
    else the link is the signed one by which the person can acknowledge.
    """
    text = _cleaned(message.parts.get("text", "")) or _cleaned(incident_name(message))
    how_to_reply = _how_to_reply(message) if replies else ""
    foot = "\n".join(filter(None, (how_to_reply, _link(message, replies=replies))))
    gsm7 = is_gsm7(text + foot)
    limit = capacity(most, gsm7=gsm7)
    if not foot or units(foot, gsm7=gsm7) > limit // 2:
        return cut(text, limit, gsm7=gsm7)
    return cut(text, limit - units(foot, gsm7=gsm7) - 1, gsm7=gsm7) + "\n" + foot


def _cleaned(text: str) -> str:
    lines = (
        " ".join(line.split())
        for line in plain_text(strip_controls(text[:LONGEST_TEXT])).splitlines()
    )
    return "\n".join(line for line in lines if line)


def _how_to_reply(message: Message) -> str:
    """Return what to answer while the incident is not acknowledged, as a button would say it."""
    acknowledges = any(link.role == "acknowledge" for link in message.links)
    return f"Reply ACK {message.incident}" if acknowledges and message.incident else ""


def _link(message: Message, *, replies: bool) -> str:
    """Return the one link of the message; none of a message in its simplest form."""
    if message.reduced:
        return ""
    roles = _SHORT_ROLES if replies else _ROLES
    return next((url for role in roles for one in message.links if (url := _url(one, role))), "")


def _url(link: Link, role: str) -> str:
    url = safe_url(link.url) if link.role == role else ""
    return url if url and len(url) <= LONGEST_LINK else ""

"""Text formats of vendors in which some characters act: how to escape, unescape and link. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.core.text.escape import slack_escape, slack_link, slack_unescape


@dataclass(frozen=True, slots=True)
class Markup:
    """One text format. `link` takes a URL and its unescaped label."""

    name: str
    escape: Callable[[str], str]
    unescape: Callable[[str], str]
    link: Callable[[str, str], str]


MRKDWN = Markup("mrkdwn", slack_escape, slack_unescape, slack_link)
"""Slack's format: an unescaped label could mention a whole channel."""

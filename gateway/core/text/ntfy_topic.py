"""Names of ntfy's topics. Pure."""

import re

_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_RESERVED = frozenset(
    ("docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1")
)
"""Paths of the server itself."""


def is_topic(text: str) -> bool:
    """Return whether a text is the name of a topic (ntfy, server/server.go and config.go)."""
    return _TOPIC.fullmatch(text) is not None and text not in _RESERVED

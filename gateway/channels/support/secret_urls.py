"""URLs that are secrets: their parts that a vendor's answer may repeat."""

import re

from gateway.core.plan.accounts import Secret

MIN_SECRET_PART = 8
"""Characters of a part of a URL's path that counts as a secret: "hooks" and "v2" do not."""


def secret_parts(url: Secret | None) -> list[Secret]:
    """Return a secret URL and its secret parts, the longest first; nothing for None."""
    if url is None:
        return []
    _, _, rest = url.reveal().partition("://")
    _, _, path = rest.partition("/")
    parts = [part for part in re.split(r"[/?&=#]", path) if len(part) >= MIN_SECRET_PART]
    return [url, *map(Secret, sorted(parts, key=len, reverse=True))]

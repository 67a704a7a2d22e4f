"""Paths without doubled slashes: `//api/v2/alerts` is served as `/api/v2/alerts`.

A base URL that ends with a slash makes such paths (Grafana, Prometheus, unsee, Alerta). A redirect
would turn a POST into a GET and lose alerts, so the path is rewritten (E52). This happens before
routing and access checks, which see the plain path only. Escaped slashes and `..` stay.
"""

import re

from aiohttp.http_parser import RawRequestMessage

_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?")
_SLASHES = re.compile("/{2,}")


def plain_target(target: str) -> str:
    """Return a request's target without empty segments in its path; its query is unchanged."""
    begin = _ORIGIN.match(target)
    start = begin.end() if begin else 0
    path, separator, query = target[start:].partition("?")
    return target[:start] + _SLASHES.sub("/", path) + separator + query


def with_plain_path(message: RawRequestMessage) -> RawRequestMessage:
    """Return the message with a plain path; the same object if it is plain already."""
    if "//" not in message.path:
        return message
    url = message.url
    plain = _SLASHES.sub("/", url.raw_path)
    if plain == url.raw_path:
        return message
    changed: RawRequestMessage = message._replace(
        path=plain_target(message.path),
        url=url.with_path(plain, encoded=True, keep_query=True, keep_fragment=True),
    )
    return changed

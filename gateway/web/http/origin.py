"""Refusal of prefetches and of requests that another site's page made."""

from urllib.parse import urlsplit

from aiohttp import web

from gateway.web.http.errors import RequestError
from gateway.web.http.refusals import RefusalKind, record_refusal

_PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH_WORDS = ("prefetch", "prerender", "preview")


def is_prefetch(request: web.Request) -> bool:
    """Return whether a browser or mail client loads the page ahead, before any click."""
    purposes = " ".join(request.headers.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return any(word in purposes for word in _PREFETCH_WORDS)


def refuse_foreign(request: web.Request, external_url: str) -> None:
    """Raise RequestError (403) for a POST that another site's page made.

    Sec-Fetch-Site decides where a browser sends it, else Origin. Programs send neither and pass.
    Origin is "null" on our is_own forms, because their pages' referrer policy is no-referrer (Fetch
    standard, "append a request `Origin` header").
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        is_own = site in ("same-origin", "none")
    elif origin in (None, "null"):
        is_own = True
    else:
        host = _host(origin)
        is_own = bool(host) and host in (request.headers.get("Host"), _host(external_url))
    if not is_own:
        record_refusal(request, RefusalKind.ORIGIN, "made by another site's page")
        raise RequestError(403, "this request came from another site's page")


def _host(url: str | None) -> str:
    """Return the host and port of a URL; "" for a malformed one."""
    try:
        return urlsplit(url or "").netloc
    except ValueError:
        return ""

"""Whether a request is a person's own: not a prefetch, not sent from another site's page."""

from urllib.parse import urlsplit

from aiohttp import web

from gateway.web.http.errors import RequestError
from gateway.web.http.refusals import RefusalKind, record_refusal

_PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH_WORDS = ("prefetch", "prerender", "preview")


def is_prefetch(request: web.Request) -> bool:
    """Whether a browser or mail client only looks ahead, without anybody having asked for it."""
    said = " ".join(request.headers.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return any(word in said for word in _PREFETCH_WORDS)


def refuse_foreign(request: web.Request, external_url: str) -> None:
    """Refuse (403) a POST that another site's page made. Clients that are no browser say nothing.

    Sec-Fetch-Site decides where it is sent. The Origin alone may be "null" on our own forms: that
    is what browsers send from a page whose referrer policy is no-referrer (Fetch standard,
    "append a request `Origin` header").
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        own = site in ("same-origin", "none")
    elif origin in (None, "null"):
        own = True
    else:
        host = _host(origin)
        own = bool(host) and host in (request.headers.get("Host"), _host(external_url))
    if not own:
        record_refusal(request, RefusalKind.ORIGIN, "made by another site's page")
        raise RequestError(403, "this request came from another site's page")


def _host(url: str | None) -> str:
    """The host and port of a URL; "" for a malformed one."""
    try:
        return urlsplit(url or "").netloc
    except ValueError:
        return ""

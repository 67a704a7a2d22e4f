"""Check of the `Host` header where no credential decides access.

With DNS rebinding a stranger's host name resolves to our address. The browser then treats the
stranger's page as same-origin: neither Origin nor a preflight stops it, only the name in `Host`.
docs/decisions/0018-host-and-origin.md says where this applies.
"""

import re
from functools import lru_cache

from aiohttp import web

from gateway.core.urls.hosts import host_of, is_known
from gateway.web.http.errors import RequestError
from gateway.web.http.keys import SETTINGS
from gateway.web.http.refusals import RefusalKind, record_refusal

_CACHED_HOSTS = 256
"""Values of `Host` whose check is cached. Each may have 8 KiB, aiohttp's limit of a line."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


def refuse_unknown_host(request: web.Request) -> None:
    """Raise RequestError: 421 for an unknown host in the request, 400 for a malformed one.

    A request without `Host` passes: no browser sends one.
    """
    names = list(request.headers.getall("Host", ()))
    # RFC 9112, 3.2.2: an authority in the target replaces Host. Both are checked.
    if not request.raw_path.startswith("/") and (absolute := _ABSOLUTE.match(request.raw_path)):
        names.append(absolute[1])
    known_hosts = request.app[SETTINGS].known_hosts
    for name in names:
        host, is_allowed = _check(name, known_hosts)
        if host is None or len(names) > 2:
            detail = [{"field": "Host", "message": "write host:port, once"}]
            raise RequestError(400, "the Host header is malformed", detail)
        if not is_allowed:
            record_refusal(
                request, RefusalKind.HOST, "unknown Host; GATEWAY_ALLOWED_HOSTS may name it"
            )
            hint = (
                f"if this gateway is meant, set GATEWAY_ALLOWED_HOSTS={host[:100]} or "
                "GATEWAY_EXTERNAL_URL, or send the API token"
            )
            detail = [{"field": "Host", "message": hint}]
            raise RequestError(421, "this gateway does not answer to that host name", detail)


@lru_cache(maxsize=_CACHED_HOSTS)
def _check(authority: str, known_hosts: tuple[str, ...]) -> tuple[str | None, bool]:
    """Return the host of `host:port` (None if malformed), and whether it is allowed."""
    host = host_of(authority)
    return host, host is not None and is_known(host, known_hosts)

"""Access control of pages and APIs; sources and signed links have their own.

Decided in docs/decisions/0028: writes need the API token wherever one is set, and cannot
be made from beyond loopback without one; reads are open on loopback, and elsewhere need the token
unless GATEWAY_PUBLIC_READS says otherwise. Where no token decides, the request's `Host` must be
known; where a token decides, neither `Host` nor `Origin` matters: no other site's page has it.
"""

import base64
import binascii

from aiohttp import web

from gateway.settings import ServerSettings
from gateway.web.http.errors import Handler, RequestError
from gateway.web.http.host import refuse_unknown_host
from gateway.web.http.keys import ENGINE, SETTINGS
from gateway.web.http.origin import refuse_foreign
from gateway.web.http.refusals import RefusalKind, record_refusal


def require_read_access(handler: Handler) -> Handler:
    """Return the handler for clients that may read. Basic is accepted: browsers can ask for it."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[SETTINGS]
        if not (settings.loopback or settings.public_reads):
            _require_token(request, settings, basic=True)
        elif not _has_token(request, settings, basic=True):
            refuse_unknown_host(request)
        return await handler(request)

    return guarded


def require_write_access(handler: Handler) -> Handler:
    """Return the handler for clients that may write.

    Basic is refused: browsers repeat it by themselves, for requests of any site's page.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[SETTINGS]
        if settings.api_token is not None or not settings.loopback:
            _require_token(request, settings, basic=False)
        else:
            refuse_unknown_host(request)
            refuse_foreign(request, request.app[ENGINE].links.external_url)
        return await handler(request)

    return guarded


def has_write_access(request: web.Request) -> bool:
    """Return whether the request has proven the right to write, by Bearer or Basic.

    Used to offer a signed link on a page. Another site's page cannot read that link, so anyone who
    has it was allowed to see it. Being allowed to read is no proof.
    """
    settings = request.app[SETTINGS]
    if settings.api_token is None:
        return settings.loopback
    return _has_token(request, settings, basic=True)


def _require_token(request: web.Request, settings: ServerSettings, *, basic: bool) -> None:
    token = settings.api_token
    if token is None:
        hint = "set GATEWAY_API_TOKEN" + (" or GATEWAY_PUBLIC_READS=1" if basic else "")
        text = f"closed because the gateway listens beyond loopback without an API token: {hint}"
        raise RequestError(403, text, [{"field": "Authorization", "message": hint}])
    if not _has_token(request, settings, basic=basic):
        has_credentials = bool(request.headers.get("Authorization"))
        text = "wrong API token" if has_credentials else "no API token"
        kind = RefusalKind.API_TOKEN if has_credentials else RefusalKind.NO_TOKEN
        record_refusal(request, kind, text)
        schemes = 'Bearer realm="gateway"'
        if basic:
            schemes += ', Basic realm="gateway: any name, the API token as password"'
            schemes += ', charset="UTF-8"'
        detail = [{"field": "Authorization", "message": "send the API token as Bearer"}]
        headers = {"WWW-Authenticate": schemes}
        raise RequestError(401, "the API token is missing or wrong", detail, headers)


def _presented_token(request: web.Request, *, basic: bool) -> str:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and basic:
        return _password(credentials.strip())
    return credentials.strip() if scheme.lower() == "bearer" else ""


def _has_token(request: web.Request, settings: ServerSettings, *, basic: bool) -> bool:
    """Return whether the request has the API token."""
    token = settings.api_token
    return token is not None and token.matches(_presented_token(request, basic=basic))


def _password(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""

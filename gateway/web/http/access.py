"""Who may read and who may change things, apart from sources and acknowledge links.

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
    """The handler, for those who may read. Basic is accepted so that browsers can ask for it."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[SETTINGS]
        if not (settings.loopback or settings.public_reads):
            _require_token(request, settings, basic=True)
        elif not _has_token(request, settings, basic=True):
            refuse_unknown_host(request)
        return await handler(request)

    return guarded


def require_write_access(handler: Handler) -> Handler:
    """The handler, for those who may change things.

    Never by Basic: browsers repeat that by themselves, whoever's page made the request.
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
    """Whether who asks for a page has shown the right to change things, by whatever way.

    For offering a signed link on that page: another site's page cannot read it, so the link proves
    that somebody saw it who may. Who was only let in to read shows nothing.
    """
    settings = request.app[SETTINGS]
    if settings.api_token is None:
        return settings.loopback
    return _has_token(request, settings, basic=True)


def _require_token(request: web.Request, settings: ServerSettings, basic: bool) -> None:
    token = settings.api_token
    if token is None:
        hint = "set GATEWAY_API_TOKEN" + (" or GATEWAY_PUBLIC_READS=1" if basic else "")
        said = f"closed, for the gateway listens beyond loopback without an API token: {hint}"
        raise RequestError(403, said, [{"field": "Authorization", "message": hint}])
    if not _has_token(request, settings, basic):
        shown = bool(request.headers.get("Authorization"))
        words = "wrong API token" if shown else "no API token"
        record_refusal(request, RefusalKind.API_TOKEN if shown else RefusalKind.NO_TOKEN, words)
        ways = 'Bearer realm="gateway"'
        if basic:
            ways += ', Basic realm="gateway: any name, the API token as password", charset="UTF-8"'
        detail = [{"field": "Authorization", "message": "the API token is missing or wrong"}]
        raise RequestError(401, "who are you?", detail, {"WWW-Authenticate": ways})


def _presented_token(request: web.Request, basic: bool) -> str:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and basic:
        return _password(rest.strip())
    return rest.strip() if scheme.lower() == "bearer" else ""


def _has_token(request: web.Request, settings: ServerSettings, basic: bool) -> bool:
    """Whether the request has the API token."""
    token = settings.api_token
    return token is not None and token.matches(_presented_token(request, basic))


def _password(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""

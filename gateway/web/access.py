"""Who may read and who may change things, apart from sources and acknowledge links.

Decided in docs/decisions/web-access.md: writes need the API token wherever one is set, and cannot
be made from beyond loopback without one; reads are open on loopback, and elsewhere need the token
unless GATEWAY_PUBLIC_READS says otherwise.
"""

import base64
import binascii

from aiohttp import web

from gateway.core.server import ServerSettings
from gateway.core.settings import Secret
from gateway.web.errors import Handler, RequestError
from gateway.web.keys import ENGINE, SETTINGS
from gateway.web.origin import refuse_foreign


def reading(handler: Handler) -> Handler:
    """The handler, for those who may read. Basic is accepted so that browsers can ask for it."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[SETTINGS]
        if not (settings.loopback or settings.public_reads):
            _demand(request, settings, basic=True)
        return await handler(request)

    return guarded


def changing(handler: Handler) -> Handler:
    """The handler, for those who may change things.

    Never by Basic: browsers repeat that by themselves, whoever's page made the request.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[SETTINGS]
        if settings.api_token is not None or not settings.loopback:
            _demand(request, settings, basic=False)
        refuse_foreign(request, request.app[ENGINE].links.external_url)
        return await handler(request)

    return guarded


def may_change(request: web.Request) -> bool:
    """Whether who asks for a page has shown the right to change things, by whatever way.

    For offering a signed link on that page: another site's page cannot read it, so the link proves
    that somebody saw it who may. Who was only let in to read shows nothing.
    """
    settings = request.app[SETTINGS]
    if settings.api_token is None:
        return settings.loopback
    return _same(settings.api_token, _given(request, basic=True))


def _demand(request: web.Request, settings: ServerSettings, basic: bool) -> None:
    token = settings.api_token
    if token is None:
        hint = "set GATEWAY_API_TOKEN" + (" or GATEWAY_PUBLIC_READS=1" if basic else "")
        said = f"closed, for the gateway listens beyond loopback without an API token: {hint}"
        raise RequestError(403, said, [{"field": "Authorization", "message": hint}])
    if not _same(token, _given(request, basic)):
        ways = 'Bearer realm="gateway"'
        if basic:
            ways += ', Basic realm="gateway: any name, the API token as password", charset="UTF-8"'
        detail = [{"field": "Authorization", "message": "the API token is missing or wrong"}]
        raise RequestError(401, "who are you?", detail, {"WWW-Authenticate": ways})


def _given(request: web.Request, basic: bool) -> str:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and basic:
        return _password(rest.strip())
    return rest.strip() if scheme.lower() == "bearer" else ""


def _same(token: Secret, given: str) -> bool:
    return token.matches(given)


def _password(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""

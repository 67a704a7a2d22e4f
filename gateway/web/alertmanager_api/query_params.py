"""Query parameters of Alertmanager's API v2."""

from aiohttp import web

from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matcher
from gateway.web.alertmanager_api.responses import ApiV2Error

_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})
"""Values that Alertmanager's generated server reads as true (go-openapi/swag, ConvertBool).
Anything else is false, ``active=maybe`` too."""


def flag(request: web.Request, name: str) -> bool:
    """Return a boolean parameter; the last value counts, and True is the default."""
    values = request.query.getall(name, [])
    if not values or not values[-1]:
        return True
    return values[-1].lower() in _TRUE


def matchers(request: web.Request, name: str = "filter") -> tuple[Matcher, ...]:
    """Parse the matchers of a repeatable parameter. Raise ApiV2Error (400)."""
    try:
        return tuple(parse_matcher(text) for text in request.query.getall(name, []))
    except MatcherError as error:
        raise ApiV2Error(400, f"{name}: {error}") from None

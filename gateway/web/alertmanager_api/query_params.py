"""Query parameters of Alertmanager's API v2."""

from aiohttp import web

from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matcher
from gateway.web.alertmanager_api.responses import ApiV2Error

_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})
"""What counts as true for Alertmanager's generated server (go-openapi/swag, ConvertBool); all
else is false, ``active=maybe`` too."""


def flag(request: web.Request, name: str, default: bool = True) -> bool:
    """A yes or no; without a value it is the default, of several the last counts."""
    values = request.query.getall(name, [])
    if not values or not values[-1]:
        return default
    return values[-1].lower() in _TRUE


def matchers(request: web.Request, name: str = "filter") -> tuple[Matcher, ...]:
    """The matchers of a parameter that may be repeated. Raises Complaint (400)."""
    try:
        return tuple(parse_matcher(text) for text in request.query.getall(name, []))
    except MatcherError as error:
        raise ApiV2Error(400, f"{name}: {error}") from None

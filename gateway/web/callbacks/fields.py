"""Fields of what vendors post, and the error of those that are missing."""

from collections.abc import Mapping
from typing import Any

from gateway.core.errors import GatewayError


class MalformedEventError(GatewayError):
    """A body without what its kind of event needs; the text names the field."""


def json_object(body: Any) -> Mapping[str, Any]:
    """Return a body that is a JSON object. Raises MalformedEventError."""
    if not isinstance(body, dict):
        raise MalformedEventError("the body is not a JSON object")
    return body


def required_text(body: Mapping[str, Any], key: str) -> str:
    """Return a text. Raises MalformedEventError if it is missing, empty or none."""
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MalformedEventError(f"{key} is missing")
    return value


def optional_text(body: Mapping[str, Any], key: str) -> str:
    """Return a text, empty if it is missing or none."""
    value = body.get(key)
    return value if isinstance(value, str) else ""


def optional_object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object, empty if it is missing or none."""
    value = body.get(key)
    return value if isinstance(value, dict) else {}

"""Silences as JSON of Alertmanager's API v2: parsed from requests, and written.

Errors have the codes of Alertmanager's generated server (go-openapi/errors): 602 for a missing
field, 612 for too few items, 601 for another type.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.time.timestamps import format_rfc3339, parse_time
from gateway.web.alertmanager_api.responses import ApiV2Error

MISSING, TYPE, TOO_FEW = 602, 601, 612
_REQUIRED = ("matchers", "startsAt", "endsAt", "createdBy", "comment")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class PostedSilence:
    """A posted silence. `starts_at` None means now; `annotations` None means unchanged."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float | None
    ends_at: float
    created_by: str
    comment: str
    annotations: Mapping[str, str] | None


def silence_id(text: str) -> str:
    """Return the id in a path. Raise ApiV2Error (422) unless it is a UUID."""
    if _UUID.fullmatch(text) is None:
        message = f'silenceID in path must be of type uuid: "{text[:100]}"'
        raise ApiV2Error(422, message, TYPE)
    return str(UUID(text))


def read_silence(body: bytes) -> PostedSilence:
    """Parse a posted silence. Raise ApiV2Error."""
    try:
        content = orjson.loads(body)
    except ValueError as error:
        raise _malformed(f"because {error}") from None
    if not isinstance(content, dict):
        raise _malformed("because a silence is an object")
    for name in _REQUIRED:
        if content.get(name) is None:
            raise ApiV2Error(422, f"{name} in body is required", MISSING)
    return PostedSilence(
        id=_text(content, "id") if content.get("id") is not None else "",
        matchers=_matchers(content["matchers"]),
        starts_at=_instant(content, "startsAt"),
        # Go's zero time is read as None; as an end it is in the past.
        ends_at=_instant(content, "endsAt") or 0.0,
        created_by=_text(content, "createdBy"),
        comment=_text(content, "comment"),
        annotations=_annotations(content.get("annotations")),
    )


def write_silence(silence: Silence, now: float) -> dict[str, Any]:
    """Return the `gettableSilence` of the description, in the recorded order of fields."""
    return {
        "id": silence.id,
        "status": {"state": silence.state(now)},
        "updatedAt": format_rfc3339(silence.updated_at),
        "annotations": dict(silence.annotations),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "endsAt": format_rfc3339(silence.ends_at),
        "matchers": [matcher.to_json() for matcher in silence.matchers],
        "startsAt": format_rfc3339(silence.starts_at),
    }


def _matchers(content: Any) -> tuple[Matcher, ...]:
    if not isinstance(content, list):
        raise _malformed("because matchers is not a list")
    if not content:
        raise ApiV2Error(422, "matchers in body should have at least 1 items", TOO_FEW)
    return tuple(_matcher(one, index) for index, one in enumerate(content))


def _matcher(content: Any, index: int) -> Matcher:
    if not isinstance(content, dict):
        raise _malformed(f"because matchers.{index} is not an object")
    for name in ("name", "value", "isRegex"):
        if content.get(name) is None:
            raise ApiV2Error(422, f"matchers.{index}.{name} in body is required", MISSING)
    fields = {name: value for name, value in content.items() if value is not None}
    try:
        return Matcher.from_json(fields)
    except MatcherError as error:
        raise ApiV2Error(400, f"invalid silence: matchers.{index}: {error}") from None


def _instant(content: Mapping[str, Any], name: str) -> float | None:
    try:
        return parse_time(_text(content, name))
    except ValueError as error:
        raise _malformed(f"because {name}: {error}") from None


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content[name]
    if not isinstance(value, str):
        raise _malformed(f"because {name} is not a text")
    return value


def _annotations(content: Any) -> Mapping[str, str] | None:
    if content is None:
        return None
    if not isinstance(content, dict) or not all(
        isinstance(value, str) for value in content.values()
    ):
        raise _malformed("because annotations is not an object of texts")
    return content


def _malformed(reason: str) -> ApiV2Error:
    return ApiV2Error(400, f"parsing silence body failed, {reason}", 400)

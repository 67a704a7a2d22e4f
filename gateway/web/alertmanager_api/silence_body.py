"""A silence as Alertmanager's API v2 writes it: read from a request, and written.

What is wrong is refused with the numbers of Alertmanager's generated server: 602 for what is
missing, 612 for too few, 601 for another type (go-openapi/errors).
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
    """What was posted. `starts_at` None means now; `annotations` None that none were given."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float | None
    ends_at: float
    created_by: str
    comment: str
    annotations: Mapping[str, str] | None


def silence_id(text: str) -> str:
    """The id in a path. Raises Complaint (422) for what is no UUID."""
    if _UUID.fullmatch(text) is None:
        said = f'silenceID in path must be of type uuid: "{text[:100]}"'
        raise ApiV2Error(422, said, TYPE)
    return str(UUID(text))


def read_silence(body: bytes) -> PostedSilence:
    """What a request asks for. Raises Complaint."""
    try:
        given = orjson.loads(body)
    except ValueError as error:
        raise _malformed(f"because {error}") from None
    if not isinstance(given, dict):
        raise _malformed("because a silence is an object")
    for name in _REQUIRED:
        if given.get(name) is None:
            raise ApiV2Error(422, f"{name} in body is required", MISSING)
    return PostedSilence(
        id=_text(given, "id") if given.get("id") is not None else "",
        matchers=_matchers(given["matchers"]),
        starts_at=_instant(given, "startsAt"),
        # Go's zero time lies in the past, as far as an end is concerned.
        ends_at=_instant(given, "endsAt") or 0.0,
        created_by=_text(given, "createdBy"),
        comment=_text(given, "comment"),
        annotations=_annotations(given.get("annotations")),
    )


def write_silence(silence: Silence, now: float) -> dict[str, Any]:
    """The `gettableSilence` of the description, in the order of fields that was recorded."""
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


def _matchers(given: Any) -> tuple[Matcher, ...]:
    if not isinstance(given, list):
        raise _malformed("because matchers is no list")
    if not given:
        raise ApiV2Error(422, "matchers in body should have at least 1 items", TOO_FEW)
    return tuple(_matcher(one, place) for place, one in enumerate(given))


def _matcher(given: Any, place: int) -> Matcher:
    if not isinstance(given, dict):
        raise _malformed(f"because matchers.{place} is no object")
    for name in ("name", "value", "isRegex"):
        if given.get(name) is None:
            raise ApiV2Error(422, f"matchers.{place}.{name} in body is required", MISSING)
    known = {name: value for name, value in given.items() if value is not None}
    try:
        return Matcher.from_json(known)
    except MatcherError as error:
        raise ApiV2Error(400, f"invalid silence: matchers.{place}: {error}") from None


def _instant(given: Mapping[str, Any], name: str) -> float | None:
    try:
        return parse_time(_text(given, name))
    except ValueError as error:
        raise _malformed(f"because {name}: {error}") from None


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given[name]
    if not isinstance(value, str):
        raise _malformed(f"because {name} is no text")
    return value


def _annotations(given: Any) -> Mapping[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise _malformed("because annotations are no object of texts")
    return given


def _malformed(why: str) -> ApiV2Error:
    return ApiV2Error(400, f"parsing silence body failed, {why}", 400)

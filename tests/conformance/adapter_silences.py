"""The conformance adapter for silences.

A silence here has one set of matchers: several sets are as many silences.
"""

import json
from typing import Any

from gateway.core.incidents.silence import Silence, SilenceError, SilenceIndex, can_update, validate
from gateway.core.matching.parse import parse_matcher
from gateway.core.time.timestamps import format_rfc3339
from gateway.web.alertmanager_api.silence_body import read_silence

__all__ = ["silence_can_update", "silence_matches", "silence_validate"]

NOW = 1_795_000_000.0
MATCHERS = ["a=b"]


def silence_matches(inputs: dict[str, Any]) -> bool:
    """Return whether a silence of one of the sets matches these labels."""
    silences = [
        Silence(str(number), _matchers(texts), NOW, NOW + 60.0, NOW, "ana", "a vector")
        for number, texts in enumerate(inputs["matcher_sets"])
    ]
    return bool(SilenceIndex(silences).silencing(inputs["labels"], NOW))


def silence_validate(inputs: dict[str, Any]) -> None:
    """Raise for what the API refuses."""
    for texts in inputs["matcher_sets"]:
        posted = {
            "matchers": [matcher.to_json() for matcher in _matchers(texts)],
            "startsAt": _posted(inputs["starts_in_s"]),
            "endsAt": _posted(inputs["ends_in_s"]),
            "createdBy": "ana",
            "comment": "a vector",
        }
        request = read_silence(json.dumps(posted).encode())
        starts_at = request.starts_at or 0.0
        validate(Silence("", request.matchers, starts_at, request.ends_at, NOW, "ana", "a vector"))


def silence_can_update(inputs: dict[str, Any]) -> bool:
    """Return whether the new one may replace the old one or, without one, be added."""
    new = _silence(inputs["new"])
    if inputs["old"] is not None:
        return can_update(_silence(inputs["old"]), new, NOW)
    try:
        validate(new)
    except SilenceError:
        return False
    return True


def _silence(offsets: dict[str, float]) -> Silence:
    starts_at, ends_at = NOW + offsets["starts_in_s"], NOW + offsets["ends_in_s"]
    return Silence("one", _matchers(MATCHERS), starts_at, ends_at, NOW, "ana", "a vector")


def _matchers(texts: list[str]) -> tuple[Any, ...]:
    return tuple(parse_matcher(text) for text in texts)


def _posted(in_s: float | None) -> str | None:
    return None if in_s is None else format_rfc3339(NOW + in_s)

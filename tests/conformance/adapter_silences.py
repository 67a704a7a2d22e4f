"""The gateway's silences, spoken to in the words of the conformance vectors.

Translates and nothing more. A silence of ours has one set of matchers: several sets are as many
silences.
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


def silence_matches(given: dict[str, Any]) -> bool:
    """Whether one of the silences that the sets stand for keeps these labels quiet."""
    silences = [
        Silence(str(number), _matchers(texts), NOW, NOW + 60.0, NOW, "ana", "a vector")
        for number, texts in enumerate(given["matcher_sets"])
    ]
    return bool(SilenceIndex(silences).silencing(given["labels"], NOW))


def silence_validate(given: dict[str, Any]) -> None:
    """Must raise for what the API refuses."""
    for texts in given["matcher_sets"]:
        posted = {
            "matchers": [matcher.to_json() for matcher in _matchers(texts)],
            "startsAt": _posted(given["starts_in_s"]),
            "endsAt": _posted(given["ends_in_s"]),
            "createdBy": "ana",
            "comment": "a vector",
        }
        asked = read_silence(json.dumps(posted).encode())
        starts_at = asked.starts_at or 0.0
        validate(Silence("", asked.matchers, starts_at, asked.ends_at, NOW, "ana", "a vector"))


def silence_can_update(given: dict[str, Any]) -> bool:
    """Whether the new one takes the old one's place; with no old one, whether it may be at all."""
    new = _silence(given["new"])
    if given["old"] is not None:
        return can_update(_silence(given["old"]), new, NOW)
    try:
        validate(new)
    except SilenceError:
        return False
    return True


def _silence(said: dict[str, float]) -> Silence:
    starts_at, ends_at = NOW + said["starts_in_s"], NOW + said["ends_in_s"]
    return Silence("one", _matchers(MATCHERS), starts_at, ends_at, NOW, "ana", "a vector")


def _matchers(texts: list[str]) -> tuple[Any, ...]:
    return tuple(parse_matcher(text) for text in texts)


def _posted(in_s: float | None) -> str | None:
    return None if in_s is None else format_rfc3339(NOW + in_s)

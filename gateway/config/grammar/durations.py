"""Field types of durations."""

import re

from gateway.config.grammar.field_types import Text
from gateway.config.source.problem import ParseError
from gateway.core.text.nearest import nearest
from gateway.core.time.business_hours import NEXT_BUSINESS_DAY, SAME_DAY
from gateway.core.time.timestamps import format_duration, parse_duration

_DURATION = r"^([0-9]+(y|w|d|h|m|s|ms))+$|^0$"
_PART_IN_WORDS = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*"
    r"(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|y)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(rf"(?:{_PART_IN_WORDS.pattern}[\s,]*)+", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_LONGEST_IN_WORDS = 40
SHORTEST_PATIENCE = 0.1
LONGEST_PATIENCE = 30.0
"""Seconds. An attempt must end well before its lease does, or another replica would send too."""


def _duration(text: str) -> float:
    if text.isdecimal() and text != "0":
        raise ValueError(f'"{text}" has no unit: write {text}s for seconds, {text}m for minutes')
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ParseError(str(error), _probable_duration(text)) from None


def _probable_duration(text: str) -> str | None:
    """Return the duration that "2 hours", "1.5h" or "30MIN" probably stands for."""
    if _IN_WORDS.fullmatch(text) is None or len(text) > _LONGEST_IN_WORDS:
        return None
    seconds = 0.0
    for number, unit in _PART_IN_WORDS.findall(text.lower()):
        small = unit.startswith(("ms", "milli"))
        seconds += float(number) * _SECONDS["ms" if small else unit[0]]
    return format_duration(seconds) if 0 < seconds < _SECONDS["y"] else None


def _positive(text: str) -> float:
    seconds = _duration(text)
    if seconds == 0:
        raise ValueError("must not be zero")
    return seconds


def _patience(text: str) -> float:
    seconds = _positive(text)
    if not SHORTEST_PATIENCE <= seconds <= LONGEST_PATIENCE:
        raise ValueError(f'"{text}" is not between 100ms and {LONGEST_PATIENCE:g}s')
    return seconds


def _respond_within(text: str) -> float | str:
    words = " ".join(text.lower().split())
    if words in (SAME_DAY, NEXT_BUSINESS_DAY):
        return words
    try:
        return _positive(text)
    except ValueError as error:
        suggestion = error.suggestion if isinstance(error, ParseError) else None
        near = suggestion or nearest(text, [SAME_DAY, NEXT_BUSINESS_DAY])
        raise ParseError(f'{error}; or write "{SAME_DAY}" or "{NEXT_BUSINESS_DAY}"', near) from None


DURATION = Text("duration", _duration, _DURATION)
PATIENCE = Text("duration from 100ms to 30s", _patience, _DURATION)
POSITIVE_DURATION = Text("duration above zero", _positive, _DURATION)
RESPOND_WITHIN = Text(
    f'duration, or "{SAME_DAY}", or "{NEXT_BUSINESS_DAY}"',
    _respond_within,
    _DURATION + "|^same day$|^next business day$",
)

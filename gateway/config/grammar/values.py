"""The single values of routes.yaml: durations, zones, times, addresses, matchers."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import available_timezones

from gateway.config.grammar.field_types import WEB_PATTERN, SecretType, Text, Url
from gateway.config.source.problem import ParseError, nearest
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matchers
from gateway.core.oncall.rota import Handover, Unit
from gateway.core.oncall.text import parse_handover, parse_rotate, parse_time_of_day, parse_weekdays
from gateway.core.time.business_hours import NEXT_BUSINESS_DAY
from gateway.core.time.timestamps import format_duration, parse_duration
from gateway.core.time.wallclock import instant, load_zone
from gateway.core.urls.web_url import plain_url, proxy_url

_DURATION = r"^([0-9]+(y|w|d|h|m|s|ms))+$|^0$"
_PART_IN_WORDS = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*"
    r"(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|y)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(rf"(?:{_PART_IN_WORDS.pattern}[\s,]*)+", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_LONGEST_IN_WORDS = 40
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.?[^@\s,;<>\"]*")
_SENDER = re.compile(rf"(?:[^<>\r\n]+ <({_EMAIL.pattern})>|{_EMAIL.pattern})")
SHORTEST_PATIENCE = 0.1
LONGEST_PATIENCE = 30.0
"""Seconds. An attempt must end well before its lease does, or another replica would send too."""

_LONGEST_TURN: Mapping[Unit, int] = {"hour": 8784, "day": 366, "week": 53, "month": 12}
_TRUE = frozenset(("true", "yes", "on"))
_FALSE = frozenset(("false", "no", "off"))


def _duration(text: str) -> float:
    if text.isdecimal() and text != "0":
        raise ValueError(f'"{text}" has no unit: write {text}s for seconds, {text}m for minutes')
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ParseError(str(error), _meant(text)) from None


def _meant(text: str) -> str | None:
    """The duration that "2 hours", "1.5h" or "30MIN" must be meant to be."""
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
    if " ".join(text.lower().split()) == NEXT_BUSINESS_DAY:
        return NEXT_BUSINESS_DAY
    try:
        return _positive(text)
    except ValueError as error:
        meant = error.suggestion if isinstance(error, ParseError) else None
        near = meant or nearest(text, [NEXT_BUSINESS_DAY])
        raise ParseError(f'{error}; or write "{NEXT_BUSINESS_DAY}"', near) from None


def _zone(text: str) -> str:
    try:
        load_zone(text)
    except ValueError as error:
        # Only cities: of PST the nearest would be MST, which is another time.
        cities = [name for name in available_timezones() if "/" in name and name[:4] != "Etc/"]
        raise ParseError(str(error), nearest(text, [*cities, "UTC"])) from None
    return text


def _email(text: str) -> str:
    several = [one.strip() for one in re.split(r"[,;\s]+", text.strip()) if one.strip()]
    if len(several) > 1 and all(map(_EMAIL.fullmatch, several)):
        raise ValueError(f'"{text}" is several addresses: write [{", ".join(several)}]')
    if len(text) > 254 or _EMAIL.fullmatch(text) is None:
        raise ValueError(f'"{text}" is not an e-mail address such as ana@example.com')
    return text


def _sender(text: str) -> str:
    if len(text) > 320 or _SENDER.fullmatch(text) is None:
        raise ValueError(
            f'"{text}" is no sender: write alerts@example.com or "Alerts <alerts@example.com>"'
        )
    return text


def _bare_url(text: str) -> str:
    url = plain_url(text)
    if "/" in url.partition("://")[2]:
        raise ValueError("host and port only, without a path: write https://proxy.example.com")
    return url


def _word(text: str) -> str:
    if text != "".join(text.split()):
        raise ValueError(f'"{text}" must not have spaces in it')
    return text


def _flag(text: str) -> bool:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f'"{text}" is neither true nor false')


def _matchers(text: str) -> tuple[Matcher, ...]:
    try:
        return parse_matchers(text)
    except MatcherError as error:
        swapped = re.sub(r"~=", "=~", text, count=1)
        error_text = str(error)
        if text.count('"') % 2:
            error_text += "; in [ ] put one with a comma into single quotes: 'team=~\"a,b\"'"
        raise ParseError(error_text, swapped if swapped != text else None) from None


def _date(text: str) -> date:
    """A day, or a wall-clock time without a zone, as a rota's layer starts."""
    moment: date
    try:
        if len(text) <= len("2026-01-05"):
            moment = date.fromisoformat(text)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a date: write 2026-01-05 or 2026-01-05 09:00') from None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        raise ValueError(f'"{text}": leave the offset out, the time zone of the rota applies')
    return _near(moment)


_Day = TypeVar("_Day", bound=date)


def _near(day: _Day) -> _Day:
    """A day that a calendar of ours can reckon with; any other is a slip of the pen."""
    if not 1970 <= day.year < 2200:
        raise ValueError(f"the year {day.year} is not between 1970 and 2199")
    return day


Moment = Callable[[str], float]  # given the zone's name, unix seconds


def _moment(text: str) -> Moment:
    """An instant with an offset, or a wall-clock time that waits to hear its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is not a time: write 2026-12-24 18:00 (in the zone of the rota) '
            "or 2026-12-24T18:00:00Z"
        ) from None
    _near(moment)
    if moment.tzinfo is None:
        return lambda zone: instant(moment, load_zone(zone))
    return lambda zone: moment.timestamp()


def count(least: int, most: int) -> Text:
    """A whole number between two others."""

    def parse(text: str) -> int:
        # 010 is eight to YAML 1.1, ten to YAML 1.2 and to people.
        if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) is None:
            raise ValueError(f'"{text}" is not a whole number from {least} to {most}')
        if not least <= int(text) <= most:
            raise ValueError(f"{text} is not between {least} and {most}")
        return int(text)

    return Text(f"whole number from {least} to {most}", parse, "^[0-9]+$", ("integer", "string"))


def _rotate(text: str) -> tuple[int, Unit]:
    every, unit = _unnamed(parse_rotate, text)
    if every > _LONGEST_TURN[unit]:
        raise ValueError(f'"{text}" is longer than a year')
    return every, unit


def _handover(text: str) -> Handover:
    return _unnamed(parse_handover, text)


def _clock(text: str) -> time:
    return _unnamed(parse_time_of_day, text)


def _weekdays(text: str) -> tuple[int, ...]:
    return _unnamed(parse_weekdays, text.replace("..", "-"))


_Value = TypeVar("_Value")


def _unnamed(parse: Callable[[str], _Value], text: str) -> _Value:
    """What `parse` reads; its complaint without the name before it, as the field's stands there."""
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(str(error).partition(": ")[2]) from None


_ANY = ("string", "number", "boolean")

SECRET = SecretType()
MAYBE_SECRET = SecretType(blank=True)
URL = Url()
PROXY = Url("URL of an HTTP proxy", proxy_url)
TEXT = Text(types=_ANY)
ANY_TEXT = Text(types=_ANY, blank=True)
WORD = Text("word", _word)
NAME = Text("name")
DURATION = Text("duration", _duration, _DURATION)
PATIENCE = Text("duration from 100ms to 30s", _patience, _DURATION)
POSITIVE_DURATION = Text("duration above zero", _positive, _DURATION)
RESPOND_WITHIN = Text(
    f'duration, or "{NEXT_BUSINESS_DAY}"', _respond_within, _DURATION + "|^next business day$"
)
ZONE = Text("time zone", _zone, r"^[A-Za-z]")
EMAIL = Text("e-mail address", _email, "@")
SENDER = Text("sender", _sender, "@")
PLAIN_URL = Text("URL", plain_url, WEB_PATTERN)
BARE_URL = Text("URL", _bare_url, f"{WEB_PATTERN}[^/]+/?$")
FLAG = Text("true or false", _flag, types=("boolean", "string"))
MATCHERS = Text(
    "text with matchers", _matchers, "[=!]", example="""'severity="critical"', in single quotes"""
)
DATE = Text("date", _date, "^[0-9]{4}-")
MOMENT = Text("time", _moment, "^[0-9]{4}-")
ROTATE = Text("length of a turn", _rotate)
HANDOVER = Text("time of a handover", _handover, ":")
CLOCK = Text("time of day", _clock, ":")
WEEKDAYS = Text("weekday, or a range of them", _weekdays)

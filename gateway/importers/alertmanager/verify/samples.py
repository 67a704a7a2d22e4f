"""Sample values for matchers and instants for intervals, to compare two files."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from gateway.core.matching.matcher import Matcher
from gateway.core.time.interval import Ranges, TimeInterval
from gateway.core.time.wallclock import instant, load_zone

_YEARS = (2020, 2035)
"""Years of instants for intervals without years of their own."""

_TRIES = 20
_MOST_REPEATS = 3
_CLASSES = {"d": "0123456789", "w": "abcxyz0123456789_", "s": " ", "D": "ab", "W": "-.", "S": "ab1"}
_ANY = "abcxyz019-_"
_GROUP = re.compile(r"\?(?:P?<[^>]*>|[a-zA-Z-]*:)")
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")


class _Values(NamedTuple):
    """Values that fulfil a matcher, and others."""

    fulfilling: list[str]
    other: list[str]


class Samples:
    """Values for matchers; each matcher's are made once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._values: dict[Matcher, _Values] = {}

    def fulfilling(self, matcher: Matcher) -> str | None:
        """Return a value that fulfils the matcher ("" for no label), None without one."""
        values = self._values_of(matcher).fulfilling
        return self._random.choice(values) if values else None

    def near(self, matcher: Matcher) -> str:
        """Return a value that may or may not fulfil the matcher."""
        values = self._values_of(matcher)
        return self._random.choice([*values.fulfilling, *values.other])

    def _values_of(self, matcher: Matcher) -> _Values:
        if matcher not in self._values:
            candidates = [matcher.value]
            if matcher.op in ("=~", "!~"):
                candidates += [_generate(matcher.value, self._random) for _ in range(_TRIES)]
            values = dict.fromkeys(("", "other", *candidates))
            for one in candidates:
                values |= dict.fromkeys((f"{one}x", one[:-1], one.swapcase()))
            fulfilling = [one for one in values if matcher.matches_value(one)]
            other = [one for one in values if one not in fulfilling]
            self._values[matcher] = _Values(fulfilling, other)
        return self._values[matcher]


def instant_near(interval: TimeInterval, random: Random) -> float:
    """Return an instant (unix seconds) inside an interval or just outside it."""
    year = _member(interval.years, *_YEARS, random)
    month = _member(interval.months, 1, 12, random)
    length = monthrange(year, month)[1]
    days = [day if day > 0 else length + day + 1 for pair in interval.days_of_month for day in pair]
    day = random.choice([*days, random.randint(1, length)]) + random.choice((-1, 0, 0, 1))
    minutes = [minute for pair in interval.times for minute in pair]
    minute = random.choice([*minutes, random.randrange(24 * 60)]) - random.choice((0, 0, 1))
    midnight = datetime.combine(date(year, month, min(max(day, 1), length)), time())
    return instant(midnight + timedelta(minutes=minute), load_zone(interval.location))


def _member(ranges: Ranges, least: int, most: int, random: Random) -> int:
    """Return a value inside one of the ranges or beside it, within two bounds."""
    first, last = random.choice(ranges or ((least, most),))
    return min(
        max(random.randint(first, max(first, last)) + random.choice((-1, 0, 0)), least), most
    )


def _generate(pattern: str, random: Random) -> str:
    try:
        text, _ = _alternatives(pattern, 0, random)
    except IndexError:
        return pattern  # beyond the syntax that is understood here
    return text


def _alternatives(pattern: str, at: int, random: Random) -> tuple[str, int]:
    """Return one of the alternatives from `at` to a closing parenthesis or the end."""
    branches, row = [], ""
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            branches.append(row)
            row, at = "", at + 1
            continue
        start = at
        piece, at = _atom(pattern, at, random)
        least, most, at = _times(pattern, at)
        count = random.randint(least, most)
        row += piece if count else ""
        # Every repetition is made anew, so that [ab]{2} can be "ab".
        row += "".join(_atom(pattern, start, random)[0] for _ in range(count - 1))
    return random.choice([*branches, row]), at


def _atom(pattern: str, at: int, random: Random) -> tuple[str, int]:
    character = pattern[at]
    if character == "(":
        group = _GROUP.match(pattern, at + 1)
        text, end = _alternatives(pattern, group.end() if group else at + 1, random)
        return text, end + 1
    if character == "[":
        return _class(pattern, at + 1, random)
    if character == "\\":
        escaped = pattern[at + 1]
        return random.choice(_CLASSES.get(escaped, escaped)), at + 2
    if character in "^$":
        return "", at + 1
    return random.choice(_ANY) if character == "." else character, at + 1


def _class(pattern: str, at: int, random: Random) -> tuple[str, int]:
    negated = pattern[at] == "^"
    at += negated
    members = ""
    first = at
    while pattern[at] != "]" or at == first:
        if pattern[at] == "\\":
            at += 1
            members += _CLASSES.get(pattern[at], pattern[at])
        elif pattern[at + 1] == "-" and pattern[at + 2] != "]":
            members += "".join(map(chr, range(ord(pattern[at]), ord(pattern[at + 2]) + 1)))[:64]
            at += 2
        else:
            members += pattern[at]
        at += 1
    if negated:
        members = "".join(one for one in _ANY if one not in members)
    return random.choice(members or "~"), at + 1


def _times(pattern: str, at: int) -> tuple[int, int, int]:
    """Return the least and the most repeats of a piece, and where the pattern goes on."""
    least, most = 1, 1
    if at < len(pattern) and pattern[at] in "*+?":
        least = int(pattern[at] == "+")
        most = 1 if pattern[at] == "?" else _MOST_REPEATS
        at += 1
    elif (count := _COUNT.match(pattern, at)) is not None:
        least = int(count[1])
        most = least if not count[2] else int(count[3] or least + 1)
        least, most = min(least, 100), min(most, 100)
        at = count.end()
    else:
        return 1, 1, at
    return least, most, at + (at < len(pattern) and pattern[at] == "?")

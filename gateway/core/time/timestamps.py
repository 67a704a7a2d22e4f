"""Instants and durations as Prometheus and Alertmanager write them.

An instant is a float of unix seconds in UTC, a duration a float of seconds.
"""

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from gateway.core.time.wallclock import load_zone

ZERO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time: what Alertmanager sends as ``endsAt`` of an alert that has not ended."""

_ZERO_SECONDS = datetime(1, 1, 1, tzinfo=UTC).timestamp()
_LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()

# In the order that a duration must have.
_UNIT_MILLISECONDS = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_DURATION = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in _UNIT_MILLISECONDS))
_LONGEST_MILLISECONDS = (2**63 - 1) // 1_000_000
_DURATION_HELP = (
    "write whole numbers with the units y, w, d, h, m, s, ms, in this order and each once, "
    "like 30s, 5m or 1h30m"
)

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)

_ANY_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})"
    r"(?:(:[0-9]{2})(\.[0-9]+)?)?(?:([Zz])|([+-][0-9]{2})(?::?([0-9]{2}))?)?"
)
_LONGEST_TIME = 64


def parse_duration(text: str) -> float:
    """Return the seconds of a Prometheus duration such as ``1h30m`` (or ``0``).

    A year has 365 days, and the longest duration is that of a Go ``time.Duration`` (some 292
    years), as in prometheus/common ``model.ParseDuration``. Raises ValueError.
    """
    if text == "0":
        return 0.0
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is not a duration: {_DURATION_HELP}")
    total = 0
    for digits, size in zip(match.groups(), _UNIT_MILLISECONDS.values(), strict=True):
        # No number that long is in range, and int() refuses thousands of digits.
        if digits and len(digits.lstrip("0")) > 19:
            total = _LONGEST_MILLISECONDS + 1
            break
        total += int(digits or 0) * size
    if total > _LONGEST_MILLISECONDS:
        raise ValueError(f"{text[:40]!r} is too long a duration: at most 292y")
    return total / 1000


def format_duration(seconds: float) -> str:
    """Return a duration in Prometheus' canonical form, to the millisecond: ``1h30m``.

    Years and weeks are used only when nothing remains (``90d``, not ``12w6d``), as
    prometheus/common ``model.Duration`` prints them.
    """
    rest = round(abs(seconds) * 1000)
    if rest == 0:
        return "0s"
    text = "-" if seconds < 0 else ""
    for unit, size in _UNIT_MILLISECONDS.items():
        if unit in ("y", "w") and rest % size:
            continue
        count, rest = divmod(rest, size)
        if count:
            text += f"{count}{unit}"
    return text


def parse_rfc3339(text: str) -> float:
    """Return the unix seconds of an RFC 3339 instant, to the microsecond.

    The offset is required, and ``T`` and ``Z`` are capitals, as Go reads JSON. Further digits are
    dropped. Raises ValueError.

    An instant whose offset or fraction leads out of the years 1 to 9999 in UTC, such as .NET's last
    instant, becomes the first or the last second of them: it could not be written otherwise.
    """
    if _RFC3339.fullmatch(text) is None:
        raise ValueError(
            f"{text[:60]!r} is not an RFC 3339 time: write it like 2026-11-20T03:00:00Z "
            "or 2026-11-20T04:00:00+01:00"
        )
    try:
        seconds = datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is not a time that exists: {error}") from None
    return min(max(seconds, _ZERO_SECONDS), _LAST_SECOND)


def parse_time(text: str) -> float | None:
    """Return the unix seconds of a time as programs write it, None for Go's zero time.

    RFC 3339, and the other forms that Alertmanager accepts (go-openapi/strfmt, `ParseDateTime`):
    an offset without a colon, a space for the T, no seconds, no zone, which is UTC. RFC 3339
    allows small letters too. Raises ValueError.
    """
    if text == ZERO_TIME:
        return None
    match = _ANY_TIME.fullmatch(text) if len(text) <= _LONGEST_TIME else None
    if match is None:
        raise ValueError(
            f"{text[:60]!r} is not an RFC 3339 time: write it like 2026-11-20T03:00:00Z "
            "or 2026-11-20T04:00:00+01:00"
        )
    date, clock, seconds, fraction, _, hours, minutes = match.groups()
    zone = f"{hours}:{minutes or '00'}" if hours else "Z"
    return parse_instant(f"{date}T{clock}{seconds or ':00'}{fraction or ''}{zone}")


def parse_instant(text: str) -> float | None:
    """Return the unix seconds of an RFC 3339 instant, None for Go's zero time."""
    if text == ZERO_TIME:
        return None
    seconds = parse_rfc3339(text)
    return None if seconds == _ZERO_SECONDS else seconds


def format_rfc3339(t: float, *, milliseconds: bool = True) -> str:
    """Return an instant in UTC as ``2026-11-20T03:00:00.000Z``, as an RFC 3339 text.

    Raises ValueError for an instant outside the years 1 to 9999.
    """
    try:
        # From whole milliseconds, or the float's error shows: 0.29 would print as .289.
        whole, rest = divmod(round(t * 1000), 1000)
        head = _whole_second(whole)
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"{t!r} is outside of the years 1 to 9999") from None
    return f"{head}.{rest:03}Z" if milliseconds else f"{head}Z"


# Cached, because a list of alerts has the same few seconds again and again.
@lru_cache(maxsize=1024)
def _whole_second(t: int) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()[:19]


def local_minute(t: float, zone: str | tzinfo) -> str:
    """Return the local time at `t` to the minute, with its zone: "2026-12-01 07:00 CET"."""
    when = local_time(t, zone)
    name = when.tzname() or "UTC"
    return f"{when:%Y-%m-%d %H:%M} {name if name[0].isalpha() else f'UTC{name}'}"


def local_time(t: float, zone: str | tzinfo) -> datetime:
    """Return the local time at `t`, aware of its zone.

    Raises ValueError for an unknown zone.
    """
    return datetime.fromtimestamp(t, load_zone(zone) if isinstance(zone, str) else zone)

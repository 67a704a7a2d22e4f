"""Times for people: the wall clock of their zone, always with the zone's name."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# Not strftime's names: those follow the locale of the process.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=256)
def zone_or_utc(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name, or None (UTC) if it is unknown.

    Never raises, because a message with UTC times is better than none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        return None


@lru_cache(maxsize=4096)
def clock_time(t: float, zone: str, now: float) -> str:
    """Return `t` (unix seconds) as the wall clock of `zone`, relative to `now`.

    "10:02 CET" on the day of `now`, else with the day ("Thu 19 Nov, 10:02 CET"), and with the
    year if that differs. Zones without letters print as "UTC-03".
    """
    where = zone_or_utc(zone) or UTC
    try:
        moment = datetime.fromtimestamp(t, where)
        today = datetime.fromtimestamp(now, where)
    except (ValueError, OverflowError, OSError):
        return f"at unix time {t!r}"
    name = moment.tzname() or "UTC"
    text = f"{moment:%H:%M} {name if name[0].isalpha() else 'UTC' + name}"
    if moment.date() == today.date():
        return text
    year = f" {moment.year}" if moment.year != today.year else ""
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}{year}, {text}"


def day_name(t: float, zone: str) -> str:
    """Return the day of `t` (unix seconds) in `zone`: "Thu 19 Nov"."""
    moment = datetime.fromtimestamp(t, zone_or_utc(zone) or UTC)
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"


def duration(seconds: float) -> str:
    """Return a length of time: "45 s", "12 min", "2 h 5 min", "3 days 4 h".

    The largest unit and the next one, rounded down: after "2 h" at least two hours have passed. A
    negative length counts as zero.
    """
    rest = int(min(max(0.0, seconds), 1e11))
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else f"{rest} s"

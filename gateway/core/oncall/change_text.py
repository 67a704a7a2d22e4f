"""Changes of rotas as text, for the command line, pages, logs and errors."""

from collections.abc import Mapping
from datetime import datetime

from gateway.core.oncall.changes import RotaChange
from gateway.core.time.wallclock import load_zone, wall_time

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def what_changes(change: RotaChange, names: Mapping[str, str]) -> str:
    """Return who is on call by a change: "Ben instead of Ana". `names` are by id."""
    person, replaces = (
        None if one is None else names.get(one, one) for one in (change.person, change.replaces)
    )
    if person is None:
        return "nobody" if replaces is None else f"{replaces} away"
    if change.beside:
        return f"{person} as well"
    return f"{person} instead of {replaces or 'anyone'}"


def span_text(start: float, end: float, zone: str) -> str:
    """Return a span on the wall clock of a zone: "Mon 2026-12-07 09:00 to 18:00 CET"."""
    where = load_zone(zone)
    first, last = wall_time(start, where), wall_time(end, where)
    to = f"{last:%H:%M}" if first.date() == last.date() else _day_and_time(last)
    return f"{_day_and_time(first)} to {to} {_zone_name(last, end, zone)}"


def time_text(t: float, zone: str) -> str:
    """Return an instant on the wall clock of a zone: "Mon 2026-12-07 09:00 CET"."""
    moment = wall_time(t, load_zone(zone))
    return f"{_day_and_time(moment)} {_zone_name(moment, t, zone)}"


def _day_and_time(moment: datetime) -> str:
    return f"{_DAYS[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"


def _zone_name(moment: datetime, t: float, zone: str) -> str:
    name = datetime.fromtimestamp(t, load_zone(zone)).tzname() or zone
    return name if name[0].isalpha() else f"UTC{name}"

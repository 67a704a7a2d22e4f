"""Cron expressions on a wall clock: when they are due next, and when they were last.

For reports the library counts naive times, and `gateway.core.time.wallclock` makes instants of
them. So daylight saving is handled as everywhere in the gateway: a time that the clocks jump over
is due at the end of the gap, and one that comes twice is due the first time only.

Jobs on other machines follow their own cron. `next_slot` counts as Debian's does: while an hour
comes twice, a fixed time is due once, and `*/30` each half hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

from gateway.core.time.wallclock import instant, load_zone, wall_time

SHORTEST = timedelta(hours=1)
"""The shortest time between two instants of an expression. Shorter: reports fill mailboxes."""

EXAMPLE = '"0 8 * * *" (each day at 08:00) or "0 8 * * mon" (Mondays)'

LONGEST = 100
"""Characters of an expression: a job's cron table has far fewer."""

_CHECKED = 50
"""Instants in a row that are compared with SHORTEST; "0,1 8 * * *" is seen in the first three."""

_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - a wall clock


def check_cron(text: str) -> str:
    """Return an expression that is due at most hourly. Raises ValueError with what to write."""
    fields, times = _parse(text)
    if any(later - one < SHORTEST for one, later in pairwise(times)):
        raise ValueError(f'"{text}" is due more often than each hour; write {EXAMPLE}')
    return " ".join(fields)


def check_slots(text: str) -> str:
    """Return an expression, however often it is due. Raises ValueError with what to write."""
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters; write {EXAMPLE}")
    return " ".join(_parse(text)[0])


def _parse(text: str) -> tuple[list[str], list[datetime]]:
    """Return the five fields, and the first times at which they are due. Raises ValueError."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(
            f'"{text}" does not have five fields: write minute, hour, day of month, month and day '
            f"of week, such as {EXAMPLE}"
        )
    try:
        times = list(islice(CronSim(text, _ANY_DAY), _CHECKED))
    except CronSimError as error:
        raise ValueError(f'"{text}": {str(error).lower()}; write {EXAMPLE}') from None
    if not times:
        raise ValueError(f'"{text}" is never due; write {EXAMPLE}')
    return fields, times


def next_slot(cron: str, zone: str, t: float) -> float:
    """Return the first instant after `t` (Unix seconds) at which a job is due."""
    return next(CronSim(cron, datetime.fromtimestamp(t, load_zone(zone)))).timestamp()


def next_after(cron: str, zone: str, t: float) -> float:
    """Return the first instant after `t` (Unix seconds) at which a checked expression is due."""
    return next(due for due in _instants(cron, zone, t, reverse=False) if due > t)


def last_until(cron: str, zone: str, t: float) -> float:
    """Return the last instant by `t`, `t` included, at which a checked expression was due."""
    return next(due for due in _instants(cron, zone, t, reverse=True) if due <= t)


def _instants(cron: str, zone: str, t: float, *, reverse: bool) -> Iterator[float]:
    """Yield the instants from about `t` on, or backwards."""
    where = load_zone(zone)
    # A day earlier or later, because a change of the clocks can put them in another order.
    start = wall_time(t, where) + timedelta(days=1 if reverse else -1)
    for wall in CronSim(cron, start, reverse):
        yield instant(wall, where)

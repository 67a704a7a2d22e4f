"""The schedule of calendar feeds: whole stretches of each person in a span of weeks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gateway.core.oncall.rota import Shift, Stint, stints_of
from gateway.core.oncall.types import LAST_INSTANT

DAY = 86400.0
WEEK = 7 * DAY

BACK = 2 * WEEK
"""Seconds before now that a feed covers."""

AHEAD = 366 * DAY
"""Seconds after now that a feed covers. More is seldom planned, and makes the feed longer."""

_MARGIN = 35 * DAY
"""Seconds by which the search reaches over both edges, so that turns of a month are whole. Longer
stretches are cut there."""

_MONDAY = 4 * DAY
"""The first Monday of Unix time, 1970-01-05."""


class Span(NamedTuple):
    """A span of time, its end excluded (unix seconds UTC)."""

    start: float
    end: float


def feed_span(now: float) -> Span:
    """Return the span that a feed covers: whole weeks in UTC, so that it stays equal for a week."""
    return Span(_monday(now - BACK), _monday(now + AHEAD) + WEEK)


Schedule = Callable[[float, float], Sequence[Shift]]
"""The shifts from one instant to another (unix seconds UTC)."""


def whole_stints(schedule: Schedule, span: Span) -> list[Stint]:
    """Return the stretches of each person that touch the span, ordered by start and person.

    A stretch is whole, except for one of many weeks, which is cut some weeks outside of the span.
    """
    start = max(span.start - _MARGIN, 0.0)
    end = min(span.end + _MARGIN, LAST_INSTANT)
    stints = stints_of(schedule(start, end), end)
    return [one for one in stints if one.start < span.end and one.end > span.start]


def _monday(t: float) -> float:
    return _MONDAY + (t - _MONDAY) // WEEK * WEEK  # exact: a remainder would be rounded

"""Downtimes: spans in which no gateway worked on the database, and lateness without them."""

from collections.abc import Iterable, Sequence

from gateway.core.time.spans import Span

SHORTEST = 20.0
"""Seconds without a write that count as a downtime. Each replica writes every two seconds, so a
lower value would count a slow disk; a higher one judges work as late that a restart delayed."""


def lateness(due_at: float, done_at: float, downtimes: Sequence[Span]) -> float:
    """Return for how many seconds something was due while a gateway worked."""
    return max(0.0, done_at - due_at - _covered(due_at, done_at, downtimes))


def _covered(start: float, end: float, downtimes: Iterable[Span]) -> float:
    overlaps = (min(end, span.end) - max(start, span.start) for span in downtimes)
    return sum(overlap for overlap in overlaps if overlap > 0.0)

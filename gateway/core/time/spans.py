"""Sets of instants as sorted, disjoint spans (unix seconds UTC, ends excluded)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of time, its end excluded."""

    start: float
    end: float


Spans = Sequence[Span]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return any spans as a set: sorted, joined where they meet or overlap, empty ones dropped."""
    result: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(Span(span.start, span.end))
    return result


def intersection(one: Spans, other: Spans) -> list[Span]:
    """Return what two sets share."""
    result: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i].start, other[j].start), min(one[i].end, other[j].end)
        if start < end:
            result.append(Span(start, end))
        if one[i].end < other[j].end:
            i += 1
        else:
            j += 1
    return result


def complement(spans: Spans, start: float, end: float) -> list[Span]:
    """Return the part of [start, end) that a set leaves out."""
    result: list[Span] = []
    for span in spans:
        if span.end <= start or span.start >= end:
            continue
        if span.start > start:
            result.append(Span(start, span.start))
        start = span.end
    if start < end:
        result.append(Span(start, end))
    return result


def seconds(spans: Spans) -> float:
    """Return how long a set lasts."""
    return sum(span.end - span.start for span in spans)

"""Sets of instants: union, intersection and complement."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.time.spans import Span, complement, intersection, seconds, union

END = 30.0
any_spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: Span(*map(float, pair))),
    max_size=8,
)


def contains(spans: list[Span], t: float) -> bool:
    """Return whether one of the spans contains the instant."""
    return any(span.start <= t < span.end for span in spans)


@given(any_spans, any_spans)
def test_sets_agree_with_a_check_of_each_instant(one: list[Span], other: list[Span]) -> None:
    """Each operation contains exactly the instants that its name promises."""
    first, second = union(one), union(other)
    both, rest = intersection(first, second), complement(first, 0.0, END)
    for half in range(60):
        t = half / 2
        assert contains(first, t) == contains(one, t)
        assert contains(both, t) == (contains(one, t) and contains(other, t))
        assert contains(rest, t) == (not contains(one, t))


@given(any_spans, any_spans)
def test_sets_are_sorted_and_disjoint(one: list[Span], other: list[Span]) -> None:
    """Neighbours that meet are joined, so each set has one form."""
    first, second = union(one), union(other)
    for spans in (first, intersection(first, second), complement(first, 0.0, END)):
        assert all(span.start < span.end for span in spans)
    for spans in (first, complement(first, 0.0, END)):
        assert all(a.end < b.start for a, b in pairwise(spans))
    assert seconds(first) + seconds(complement(first, 0.0, END)) == END

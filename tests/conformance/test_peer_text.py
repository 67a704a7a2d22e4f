"""Cut texts that show the cut, and durations for people."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.peer_text import humanize_duration, truncate_bytes, truncate_runes

texts = st.text(st.characters(exclude_categories=["Cs"]))
limits = st.integers(min_value=0, max_value=20)


@settings(deadline=None)
@given(texts, limits)
def test_a_cut_text_fits_and_shows_the_cut(text: str, limit: int) -> None:
    """A cut text fits, shows the cut, and is valid; a text that fits is unchanged (E13)."""
    for truncate, size in (
        (truncate_runes, len),
        (truncate_bytes, lambda cut: len(cut.encode())),
    ):
        cut, was_cut = truncate(text, limit)
        assert size(cut) <= limit
        assert was_cut is (size(text) > limit)
        if not was_cut:
            assert cut == text
        elif limit > 3:
            assert cut.endswith("…")
            assert text.startswith(cut[:-1])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.0001, "100us"),
        (1e-30, "1e-06ys"),
        (1.2345, "1.234s"),
        (59, "59s"),
        (7500, "2h 5m 0s"),
        (-90000, "-1d 1h 0m 0s"),
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
        (float("nan"), "NaN"),
    ],
)
def test_durations_are_written_for_people(seconds: float, text: str) -> None:
    """As in Prometheus' templates, so a template pasted from there prints the same."""
    assert humanize_duration(seconds) == text

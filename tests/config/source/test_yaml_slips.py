"""Slips of YAML are reported at their position, with what to write instead."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.load import ConfigError
from tests.config.texts import faults, loaded

SLIPS = (Path(__file__).parent / "yaml_slips.txt").read_text().split("=== ")[1:]
"""Each: a name, a text, and after an arrow where its first fault is and what it says."""


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.partition("\n")[0])
def test_a_slip_is_reported_at_its_position_with_what_to_write(slip: str) -> None:
    """Promise 6: the first fault points at the slip itself, not at the line where parsing ended."""
    text, _, expected = slip.partition("\n")[2].partition("--> ")
    first = faults(text)[0]
    assert f"{first.line}:{first.column}: {first.message}\n" == expected


def test_an_anchor_that_nothing_uses_is_warned_of() -> None:
    """`name: &ops a` is the name "a": a text that begins with & was hardly meant to lose it."""
    text = "receivers: [{name: &ops a}]\nroute: {receiver: a}\n"
    (warning,) = [one for one in loaded(text).warnings if "anchor" in one.message]
    assert (warning.line, warning.column) == (1, 20)
    used = "receivers: [{name: &ops a}]\nroute: {receiver: *ops}\n"
    assert not [one for one in loaded(used).warnings if "anchor" in one.message]


def test_a_comment_beside_an_open_bracket_is_not_blamed() -> None:
    """A comment with a space after its sign is one, even where it holds a bracket."""
    text = (
        "receivers: [ # see [1]\n  {name: a}, # the first [of two]\n  {name: b\n"
        "route: {receiver: a}\n"
    )
    (fault,) = faults(text)
    assert "comment" not in fault.message


SIGNS = st.sampled_from([*"[]{},:#&*!|>'\"%@`?- \n\t\\", "a: ", "- a\n", "{{", "}}", "name"])


@given(st.lists(SIGNS, max_size=30).map("".join))
def test_any_text_is_read_or_refused_at_a_position_inside_it(text: str) -> None:
    """Promise 6: no text makes the explanation itself fail or point outside of the file."""
    whole = f"receivers: [{{name: a}}]\nroute: {{receiver: a}}\nx: {text}\n"
    try:
        loaded(whole)
    except ConfigError as error:
        for problem in error.problems:
            assert 1 <= problem.line <= whole.count("\n") + 1
            assert problem.column >= 1

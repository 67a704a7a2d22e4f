"""Printed labels and matchers, pasted back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.matching.matcher import Matcher, MatcherError, matches_all
from gateway.core.matching.parse import parse_matchers
from gateway.core.matching.text import (
    read_labels,
    read_matchers,
    write_labels,
    write_matcher,
    write_matchers,
)
from gateway.core.text.escape import one_line

ODD = ["my label", "a,b", "a{b", "a}b", 'a"b', "a=b", "a!b", "a~b", "a\\b", "a'b", "a`b", "{", "π"]
TEXT = st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(
    ["x y", "x  y", " x ", 'say "x"', "a\tb", "a\nb", "a\\nb", "\\", "\u202ex", "{a=b}", "x,y"]
)
NAME = TEXT.filter(bool) | st.sampled_from([*ODD, "team", "keyword.host", "a-b", "a/b"])
MATCHER = st.builds(Matcher, NAME, st.sampled_from(["=", "!="]), TEXT)
REGEX = st.builds(
    Matcher, NAME, st.sampled_from(["=~", "!~"]), st.sampled_from([".*", "a|b", r"\d+\.x", "a, b"])
)


@given(st.lists(MATCHER | REGEX, max_size=4))
def test_written_matchers_parse_to_the_same_matchers(matchers: list[Matcher]) -> None:
    """Any name and value can be printed and pasted, alone and in a list."""
    assert parse_matchers(write_matchers(matchers)) == tuple(matchers)
    for matcher in matchers:
        assert read_matchers(write_matcher(matcher)) == (matcher,)


@given(st.dictionaries(NAME, TEXT, max_size=4))
def test_written_labels_parse_to_the_same_labels_and_are_printable(labels: dict[str, str]) -> None:
    """E17: Labels are written as one line of printable text without loss."""
    text = write_labels(labels)
    assert read_labels(text) == labels
    assert text.isprintable()
    assert one_line(text) == text


@given(MATCHER | REGEX, st.dictionaries(NAME, TEXT, max_size=4))
def test_written_matcher_matches_the_same_alerts(matcher: Matcher, labels: dict[str, str]) -> None:
    """A silence made from printed text matches the same alerts."""
    copied = read_matchers(write_matcher(matcher))
    assert matches_all(copied, labels) == matcher.matches(labels)


# In "a=b" the first operator divides; "{" opens a list.
@pytest.mark.parametrize("name", [name for name in ODD if name not in ("a=b", "{")])
def test_unquoted_name_is_accepted_if_unambiguous(name: str) -> None:
    """People type LABEL=VALUE as they see it; a valid matcher stays one."""
    assert read_matchers(f"{name}=x y") == (Matcher(name, "=", "x y"),)
    assert read_matchers(f'{name}=~"x y"') == (Matcher(name, "=~", "x y"),)


@pytest.mark.parametrize(
    "text", ['team="billing', "{my label=x}", '"my label=x', "my label", "=x", "team", '{"a"="x"']
)
def test_unclosed_quote_or_brace_is_refused(text: str) -> None:
    """An unclosed quote or brace is never part of a name or value."""
    with pytest.raises(MatcherError):
        read_matchers(text)


@pytest.mark.parametrize("text", ['team!="x"', 'team=~"x"', '{a="1", a="2"}'])
def test_labels_with_another_operator_are_refused(text: str) -> None:
    """Labels have one value each; the error says what to write."""
    with pytest.raises(MatcherError, match="each with ="):
        read_labels(text)

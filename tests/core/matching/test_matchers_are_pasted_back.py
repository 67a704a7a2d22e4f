"""What the gateway prints of labels and matchers is read back as the same labels and matchers."""

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
def test_written_matchers_read_back_the_same(matchers: list[Matcher]) -> None:
    """Any name and value: printed, pasted, the same matchers again, alone and in a list."""
    assert parse_matchers(write_matchers(matchers)) == tuple(matchers)
    for matcher in matchers:
        assert read_matchers(write_matcher(matcher)) == (matcher,)


@given(st.dictionaries(NAME, TEXT, max_size=4))
def test_written_labels_read_back_the_same_and_are_safe_to_print(labels: dict[str, str]) -> None:
    """E17: one line of printable text that no terminal acts on, and nothing of it is lost."""
    text = write_labels(labels)
    assert read_labels(text) == labels
    assert text.isprintable()
    assert one_line(text) == text


@given(MATCHER | REGEX, st.dictionaries(NAME, TEXT, max_size=4))
def test_a_written_matcher_selects_the_same_alerts(
    matcher: Matcher, labels: dict[str, str]
) -> None:
    """A silence made from printed text covers what the text covered."""
    copied = read_matchers(write_matcher(matcher))
    assert matches_all(copied, labels) == matcher.matches(labels)


# In "a=b" the first operator divides; "{" opens a list.
@pytest.mark.parametrize("name", [name for name in ODD if name not in ("a=b", "{")])
def test_an_odd_name_without_quotes_is_read_where_it_means_nothing_else(name: str) -> None:
    """People type LABEL=VALUE as they see it; only what is a matcher already stays one."""
    assert read_matchers(f"{name}=x y") == (Matcher(name, "=", "x y"),)
    assert read_matchers(f'{name}=~"x y"') == (Matcher(name, "=~", "x y"),)


@pytest.mark.parametrize(
    "text", ['team="billing', "{my label=x}", '"my label=x', "my label", "=x", "team", '{"a"="x"']
)
def test_a_slip_stays_an_error(text: str) -> None:
    """A quote or brace that is not closed is a mistake, and never part of an odd name or value."""
    with pytest.raises(MatcherError):
        read_matchers(text)


@pytest.mark.parametrize("text", ['team!="x"', 'team=~"x"', '{a="1", a="2"}'])
def test_labels_have_one_value_each(text: str) -> None:
    """A condition that no single label set spells out is refused, with what to write."""
    with pytest.raises(MatcherError, match="each with ="):
        read_labels(text)

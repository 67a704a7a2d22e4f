"""Implications and contradictions of matchers, compared with brute force."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matchers
from gateway.core.matching.proofs import implies, is_contradiction

VALUES = ["".join(signs) for n in range(4) for signs in itertools.product("ab-1", repeat=n)]
PIECES = st.sampled_from(
    ["a", "b", "ab", "-", "1", ".", ".*", ".+", "a*", "b?", "(a|b)", "(?:ab|b)+", "[ab]", "[^a]",
     "[a-b1]*", "|", r"\d", r"\-", "a{2}", "b{1,2}", "^", "$", "(?i)a", "[", "(", ")", "\\"]
)  # fmt: skip
PATTERN = st.lists(PIECES, max_size=4).map("".join)


@st.composite
def matchers(draw: st.DrawFn) -> Matcher:
    """Draw any matcher of one label."""
    op = draw(st.sampled_from(["=", "!=", "=~", "!~"]))
    if op in ("=", "!="):
        return Matcher("x", op, draw(st.sampled_from(VALUES[:30])))
    try:
        return Matcher("x", op, draw(PATTERN))
    except MatcherError:
        return Matcher("x", op, "a")


@given(st.lists(matchers(), max_size=3), matchers())
def test_implied_matcher_holds_for_every_value(premises: list[Matcher], matcher: Matcher) -> None:
    """No value fulfils the premises and fails the matcher that they imply."""
    if implies(premises, matcher):
        for value in VALUES:
            fulfilled = all(one.matches_value(value) for one in premises)
            assert not fulfilled or matcher.matches_value(value), value


@given(st.lists(matchers(), min_size=1, max_size=3))
def test_contradicting_matchers_hold_for_no_value(several: list[Matcher]) -> None:
    """No value fulfils all matchers of a contradiction."""
    if is_contradiction(several):
        assert not any(all(one.matches_value(value) for one in several) for value in VALUES)


@given(matchers(), matchers())
def test_implication_of_plain_values_is_always_proven(one: Matcher, other: Matcher) -> None:
    """Of equalities and lists of words every true implication is proven."""
    plain = [each for each in (one, other) if each.op == "=" or _lists_words(each)]
    if len(plain) == 2:
        true = all(other.matches_value(value) for value in VALUES if one.matches_value(value))
        assert implies([one], other) == true


def _lists_words(matcher: Matcher) -> bool:
    return matcher.op == "=~" and all(
        word.isalnum() and len(word) <= 3 and set(word) <= set("ab1")
        for word in matcher.value.split("|")
    )


@pytest.mark.parametrize(
    ("premises", "matcher"),
    [
        ("", 'x=~".*"'),
        ("", 'x=~"^.*$"'),
        ('x="a"', 'x=~".+"'),
        ('x="a"', 'x!=""'),
        ('x="a"', 'x=~"a|b"'),
        ('x="a"', 'x=~"(?i)A"'),
        ('x=~"a|b"', 'x=~"b|c|a"'),
        ('x=~"a|b"', 'x=~".+"'),
        ('x=~"(a|b)c"', 'x=~"ac|bc"'),
        ('x=~"api-prod-.*"', 'x=~"api-.*"'),
        ('x=~"db-[0-9]+"', r'x=~"db-\\d*"'),
        ('x=~"db-1|db-22"', 'x=~"db-.+"'),
        ('x=~".+"', 'x!=""'),
        ('x!=""', 'x=~".+"'),
        ('x=~"a|b",x!="b"', 'x="a"'),
        ('x=~"a|b"', 'x!="c"'),
        ('x="a"', 'x!~"b|c"'),
        ('x=~"[a-c]{2}"', 'x=~"[a-z]{1,3}"'),
    ],
)
def test_usual_pattern_is_proven(premises: str, matcher: str) -> None:
    """Lists, prefixes and `.*` are the patterns that most files use."""
    assert implies(parse_matchers(premises), parse_matchers(matcher)[0])


@pytest.mark.parametrize(
    ("premises", "matcher"),
    [
        ("", 'x=~".+"'),
        ("", 'x!=""'),
        ('x=~"a|b"', 'x=~"a"'),
        ('x=~"a.*"', 'x=~"a.+"'),
        ('x!="a"', 'x=~".+"'),
        ('x=~"api-.*"', 'x=~"api-prod-.*"'),
        ('x=~"A"', 'x=~"(?i)a"'),
        ('x=~"a{900}"', 'x=~"a{900,}"'),
    ],
)
def test_unproven_implication_is_not_claimed(premises: str, matcher: str) -> None:
    """A false warning is worse than none."""
    assert not implies(parse_matchers(premises), parse_matchers(matcher)[0])


def test_very_large_product_stays_unproven() -> None:
    """A product that grows too large is not searched to its end."""
    wild = ".*".join("abcdefgh")
    several = [Matcher("x", "=~", f".*{wild[n:]}.*{wild[:n]}.*") for n in range(0, 20, 3)]
    assert not is_contradiction(several)

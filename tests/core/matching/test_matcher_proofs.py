"""What is proven of matchers holds for every value that is tried."""

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
    """Any matcher of one label."""
    op = draw(st.sampled_from(["=", "!=", "=~", "!~"]))
    if op in ("=", "!="):
        return Matcher("x", op, draw(st.sampled_from(VALUES[:30])))
    try:
        return Matcher("x", op, draw(PATTERN))
    except MatcherError:
        return Matcher("x", op, "a")


@given(st.lists(matchers(), max_size=3), matchers())
def test_what_is_implied_holds_for_every_value(given_: list[Matcher], matcher: Matcher) -> None:
    """Brute force: no value fulfils what is given and not what it is said to imply."""
    if implies(given_, matcher):
        for value in VALUES:
            fulfilled = all(one.matches_value(value) for one in given_)
            assert not fulfilled or matcher.matches_value(value), value


@given(st.lists(matchers(), min_size=1, max_size=3))
def test_what_contradicts_is_fulfilled_by_no_value(several: list[Matcher]) -> None:
    """Brute force: not one of the values fulfils them all."""
    if is_contradiction(several):
        assert not any(all(one.matches_value(value) for one in several) for value in VALUES)


@given(matchers(), matchers())
def test_short_values_decide_where_nothing_longer_can(one: Matcher, other: Matcher) -> None:
    """Of plain values and lists of them not only what is proven is true: all that is, is proven."""
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
    ("given_", "matcher"),
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
def test_the_usual_patterns_are_proven(given_: str, matcher: str) -> None:
    """Lists, prefixes and `.*` are what files are full of."""
    assert implies(parse_matchers(given_), parse_matchers(matcher)[0])


@pytest.mark.parametrize(
    ("given_", "matcher"),
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
def test_what_does_not_follow_or_cannot_be_proven_is_not_claimed(given_: str, matcher: str) -> None:
    """No guesses: a warning that is wrong once is not read again."""
    assert not implies(parse_matchers(given_), parse_matchers(matcher)[0])


def test_a_long_pattern_is_given_up_soon() -> None:
    """A product that explodes is left unproven rather than searched for minutes."""
    wild = ".*".join("abcdefgh")
    several = [Matcher("x", "=~", f".*{wild[n:]}.*{wild[:n]}.*") for n in range(0, 20, 3)]
    assert not is_contradiction(several)

"""Matchers, with the meaning that they have in Alertmanager."""

from contextlib import suppress

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.matching import matcher as matcher_module
from gateway.core.matching.matcher import (
    OPERATORS,
    Matcher,
    MatcherError,
    format_matchers,
    matches_all,
)
from gateway.core.matching.parse import Mode, parse_matcher, parse_matchers

without_deadline = settings(deadline=None)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
matchers = st.builds(Matcher, words.filter(bool), st.sampled_from(["=", "!="]), words) | st.builds(
    Matcher,
    words.filter(bool),
    st.sampled_from(["=~", "!~"]),
    st.sampled_from(["", ".*", "a|b", r"\d+", r"a\.b\\", '"', "(?i)x[,}]", "ä🔥"]),
)


@pytest.mark.parametrize(
    ("op", "matches"), [("=", True), ("!=", False), ("=~", True), ("!~", False)]
)
def test_absent_label_matches_as_an_empty_one(op: str, matches: bool) -> None:
    """`team=""` matches an alert without a team; `team!=""` does not."""
    assert Matcher("team", op, "").matches({"severity": "critical"}) is matches
    assert Matcher("team", op, "").matches({"team": "billing"}) is not matches


def test_pattern_matches_the_whole_value_only() -> None:
    """`a|b` is anchored as a whole, and `.` matches no newline by default."""
    either = Matcher("x", "=~", "a|b")
    assert [either.matches_value(value) for value in ("a", "b", "ab", "xa", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not Matcher("x", "=~", "a.b").matches_value("a\nb")
    assert Matcher("x", "=~", "(?s)a.b").matches_value("a\nb")
    assert not Matcher("x", "=~", "a").matches_value("a\n")


def test_pattern_is_linear_in_time_and_counts_characters() -> None:
    """A pattern that is exponential elsewhere returns at once; letters count, not bytes."""
    assert not Matcher("x", "=~", "(a*)*(a*)*b").matches_value("a" * 5000)
    assert Matcher("x", "=~", "..").matches_value("Zü")
    assert Matcher("x", "=~", r"\p{Greek}+").matches_value("αβγ")


def test_more_values_than_the_cache_holds_match_correctly() -> None:
    """A label with ever new values neither fills the cache nor changes a result."""
    even = Matcher("x", "=~", "[0-9]*[02468]")
    for _ in range(2):
        assert all(even.matches_value(str(n)) is (n % 2 == 0) for n in range(5000))


@pytest.mark.parametrize("pattern", ["[a", "a(?!b)", "(?P<n>", r"\1", "*", "a{2000}", "\udc80"])
def test_invalid_pattern_is_refused_without_output(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The error shows the pattern, and RE2 prints nothing."""
    with pytest.raises(MatcherError, match=r"is not an RE2 pattern: .+") as caught:
        Matcher("x", "=~", pattern)
    assert repr(pattern) in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_unknown_operator_is_refused() -> None:
    """Only Alertmanager's four operators exist."""
    with pytest.raises(MatcherError, match="write one of = != =~ !~"):
        Matcher("x", "==", "y")


@without_deadline
@given(st.lists(matchers, max_size=4).map(tuple))
def test_formatted_matchers_parse_to_the_same_matchers(several: tuple[Matcher, ...]) -> None:
    """A printed matcher can be pasted back in every mode."""
    assert parse_matchers(format_matchers(several), "utf8") == several
    assert parse_matchers(format_matchers(several)) == several


@without_deadline
@given(matchers)
def test_matcher_survives_its_json(matcher: Matcher) -> None:
    """A matcher keeps its meaning through the JSON of the API."""
    assert Matcher.from_json(matcher.to_json()) == matcher


@without_deadline
@given(words | st.text('{}=!~,"\\nx \n'), st.sampled_from(["fallback", "utf8", "classic"]))
def test_any_text_is_parsed_or_refused(text: str, mode: Mode) -> None:
    """Any text in a file or a request gives matchers or a MatcherError."""
    for parse in (parse_matchers, parse_matcher):
        with suppress(MatcherError):
            parse(text, mode)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{foo=bar", "column 9: a comma or a closing brace is missing"),
        ("foo=bar}", "column 8: a closing brace without an opening one"),
        ("severity critical", "column 10: 'critical' where an operator (=, !=, =~ or !~) belongs"),
        ('"a"="b" c="d"', "column 9: 'c' where a comma belongs"),
        ('="x"', "column 1: '=' where a label name belongs"),
        ('""="x"', "a label name cannot be empty"),
        (r'"f"="\d"', r"column 5: '\\d' is no escape: for a backslash itself write \\"),
        (r'"f"="\400"', "an escape is out of range"),
        (r'"f"="\UFFFFFFFF"', "an escape is out of range"),
        (r'"f"="\ud800"', "the quoted text is not UTF-8"),
        ('"f"="a\nb"', "a quoted text cannot go over the line"),
        ('"f"="', "column 5: the closing quote is missing"),
        ("{a=b}}", "column 6: '}' where nothing more belongs"),
    ],
)
def test_parse_error_names_the_column_and_the_correction(text: str, message: str) -> None:
    """The error of an invalid matcher names the column and what belongs there."""
    with pytest.raises(MatcherError) as caught:
        parse_matchers(text, "utf8")
    assert message in str(caught.value)
    assert 'write it like severity="critical"' in str(caught.value)


def test_classic_syntax_still_loads() -> None:
    """Text that only the classic parser accepts loads, with the classic meaning."""
    assert parse_matchers('{foo="\\d+"}') == (Matcher("foo", "=", r"\d+"),)
    assert parse_matchers(r'foo="\x41"') == (Matcher("foo", "=", r"\x41"),)
    assert parse_matchers(r'foo="\x41"', "utf8") == (Matcher("foo", "=", "A"),)


def test_single_matcher_with_braces_is_refused() -> None:
    """As in Alertmanager's default mode, braces are for lists."""
    assert parse_matcher("foo=bar") == Matcher("foo", "=", "bar")
    for text in ("{foo=bar}", "foo=bar}", "{foo=bar"):
        with pytest.raises(MatcherError, match="takes no braces"):
            parse_matcher(text)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "name"),
        ({"name": "", "value": "x"}, "name"),
        ({"name": "x"}, "value"),
        ({"name": "x", "value": 1}, "value"),
        ({"name": "x", "value": "y", "isRegex": "no"}, "isRegex"),
        ({"name": "x", "value": "y", "isEqual": None}, "isEqual"),
    ],
)
def test_invalid_json_matcher_is_refused_with_its_field(
    data: dict[str, object], field: str
) -> None:
    """E42: The error names the field of the JSON."""
    with pytest.raises(MatcherError, match=f"^{field}: "):
        Matcher.from_json(data)


def test_several_matchers_must_all_hold() -> None:
    """Several matchers are one condition; an empty list matches everything."""
    both = parse_matchers('severity="critical", team=~"billing|payments"')
    assert matches_all(both, {"severity": "critical", "team": "billing"})
    assert not matches_all(both, {"severity": "critical", "team": "platform"})
    assert matches_all((), {})


@pytest.mark.parametrize("op", OPERATORS)
def test_restored_matcher_compiles_its_pattern_at_first_use(
    op: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restored matcher behaves as the original; a long list compiles nothing."""
    original = Matcher("pool", op, "main-17|replica-17")
    results = [original.matches_value(text) for text in ("main-17", "main-17|replica-17", "other")]
    matcher_module._pattern_test.cache_clear()
    compiled: list[str] = []
    compile_pattern = re2.compile

    def count_and_compile(pattern: str, options: object) -> object:
        compiled.append(pattern)
        return compile_pattern(pattern, options)

    monkeypatch.setattr(re2, "compile", count_and_compile)
    restored = Matcher.restore("pool", op, "main-17|replica-17")
    assert (restored, str(restored), restored.to_json()) == (
        original,
        str(original),
        original.to_json(),
    )
    assert compiled == []
    assert [
        restored.matches_value(text) for text in ("main-17", "main-17|replica-17", "other")
    ] == results
    assert len(compiled) == ("~" in op)

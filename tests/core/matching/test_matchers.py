"""Matchers mean here what they mean in Alertmanager."""

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

unhurried = settings(deadline=None)
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
def test_an_absent_label_is_an_empty_one(op: str, matches: bool) -> None:
    """`team=""` takes an alert without a team; `team!=""` demands one."""
    assert Matcher("team", op, "").matches({"severity": "critical"}) is matches
    assert Matcher("team", op, "").matches({"team": "billing"}) is not matches


def test_a_pattern_must_match_the_whole_value() -> None:
    """`a|b` is anchored as a whole, and `.` takes no newline unless asked."""
    either = Matcher("x", "=~", "a|b")
    assert [either.matches_value(value) for value in ("a", "b", "ab", "xa", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not Matcher("x", "=~", "a.b").matches_value("a\nb")
    assert Matcher("x", "=~", "(?s)a.b").matches_value("a\nb")
    assert not Matcher("x", "=~", "a").matches_value("a\n")


def test_patterns_are_linear_in_time_and_read_all_of_unicode() -> None:
    """A pattern that ties a backtracking engine in knots is answered; letters count, not bytes."""
    assert not Matcher("x", "=~", "(a*)*(a*)*b").matches_value("a" * 5000)
    assert Matcher("x", "=~", "..").matches_value("Zü")
    assert Matcher("x", "=~", r"\p{Greek}+").matches_value("αβγ")


def test_answers_stay_right_when_more_values_come_than_are_remembered() -> None:
    """A label whose value is always new neither fills the memory nor changes an answer."""
    even = Matcher("x", "=~", "[0-9]*[02468]")
    for _ in range(2):
        assert all(even.matches_value(str(n)) is (n % 2 == 0) for n in range(5000))


@pytest.mark.parametrize("pattern", ["[a", "a(?!b)", "(?P<n>", r"\1", "*", "a{2000}", "\udc80"])
def test_a_bad_pattern_is_refused_quietly(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A pattern that RE2 lacks is an error that shows it, and nothing is printed beside it."""
    with pytest.raises(MatcherError, match=r"is not an RE2 pattern: .+") as caught:
        Matcher("x", "=~", pattern)
    assert repr(pattern) in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_an_unknown_operator_is_refused() -> None:
    """Only Alertmanager's four operators exist."""
    with pytest.raises(MatcherError, match="write one of = != =~ !~"):
        Matcher("x", "==", "y")


@unhurried
@given(st.lists(matchers, max_size=4).map(tuple))
def test_what_is_written_is_read_back(several: tuple[Matcher, ...]) -> None:
    """Any matcher that we print can be pasted back and means the same, in UTF-8 mode and as is."""
    assert parse_matchers(format_matchers(several), "utf8") == several
    assert parse_matchers(format_matchers(several)) == several


@unhurried
@given(matchers)
def test_the_api_form_is_read_back(matcher: Matcher) -> None:
    """A matcher keeps its meaning through the JSON of the API."""
    assert Matcher.from_json(matcher.to_json()) == matcher


@unhurried
@given(words | st.text('{}=!~,"\\nx \n'), st.sampled_from(["fallback", "utf8", "classic"]))
def test_any_text_is_read_or_refused(text: str, mode: Mode) -> None:
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
def test_an_error_says_where_and_what(text: str, message: str) -> None:
    """A matcher that cannot be read is answered with the column and what belongs there."""
    with pytest.raises(MatcherError) as caught:
        parse_matchers(text, "utf8")
    assert message in str(caught.value)
    assert 'write it like severity="critical"' in str(caught.value)


def test_old_files_are_read_with_the_old_rules() -> None:
    """What only the classic parser takes still loads, and where they differ it holds."""
    assert parse_matchers('{foo="\\d+"}') == (Matcher("foo", "=", r"\d+"),)
    assert parse_matchers(r'foo="\x41"') == (Matcher("foo", "=", r"\x41"),)
    assert parse_matchers(r'foo="\x41"', "utf8") == (Matcher("foo", "=", "A"),)


def test_a_single_matcher_takes_no_braces() -> None:
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
def test_a_bad_matcher_from_the_api_names_its_field(data: dict[str, object], field: str) -> None:
    """The error names the field of the JSON that is wrong (E42)."""
    with pytest.raises(MatcherError, match=f"^{field}: "):
        Matcher.from_json(data)


def test_all_matchers_must_hold() -> None:
    """Several matchers are one condition; none at all is no condition."""
    both = parse_matchers('severity="critical", team=~"billing|payments"')
    assert matches_all(both, {"severity": "critical", "team": "billing"})
    assert not matches_all(both, {"severity": "critical", "team": "platform"})
    assert matches_all((), {})


@pytest.mark.parametrize("op", OPERATORS)
def test_a_kept_matcher_compiles_nothing_until_it_is_asked(
    op: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is and answers as the one that was written down; lists of thousands compile nothing."""
    made = Matcher("pool", op, "main-17|replica-17")
    query = [made.matches_value(text) for text in ("main-17", "main-17|replica-17", "other")]
    matcher_module._pattern_test.cache_clear()
    compiled: list[str] = []
    compile_pattern = re2.compile

    def counted(pattern: str, options: object) -> object:
        compiled.append(pattern)
        return compile_pattern(pattern, options)

    monkeypatch.setattr(re2, "compile", counted)
    restore = Matcher.restore("pool", op, "main-17|replica-17")
    assert (restore, str(restore), restore.to_json()) == (made, str(made), made.to_json())
    assert compiled == []
    assert [
        restore.matches_value(text) for text in ("main-17", "main-17|replica-17", "other")
    ] == query
    assert len(compiled) == ("~" in op)

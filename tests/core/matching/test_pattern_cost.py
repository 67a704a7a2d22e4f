"""The bound on the cost of compiling a pattern."""

import pytest

from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matchers
from gateway.core.matching.pattern_cost import LONGEST, is_cheap, refusal


@pytest.mark.parametrize(
    "pattern",
    [
        "a?" * 30_000,
        ".{0,500}" * 100,
        r"\pL" * 15_000,
        r"\pL{500}",
        "x" * (LONGEST + 1),
        "é" * (LONGEST // 2 + 1),
        "." * 16_000,
    ],
    ids=lambda pattern: str(pattern)[:12],
)
def test_costly_pattern_is_refused_with_a_correction(pattern: str) -> None:
    """A 60 KB pattern blocked the event loop for 2.4 s; the error is short."""
    with pytest.raises(MatcherError) as refused:
        Matcher("alertname", "=~", pattern)
    assert len(str(refused.value)) < 20_000
    assert any(word in str(refused.value) for word in ("write", "fewer"))


@pytest.mark.parametrize(
    "pattern",
    [
        "|".join(f"host{number:04}.prod.example.com" for number in range(600)),
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
        r"[\pL\pN_-]{1,100}",
        r"\\p" * 100,
        ".*" * 100,
        "a{1000}",
    ],
    ids=lambda pattern: str(pattern)[:12],
)
def test_usual_long_pattern_is_accepted(pattern: str) -> None:
    """Long lists of hosts, addresses and classes stay possible."""
    assert refusal(pattern) is None
    assert Matcher("instance", "=~", pattern) == Matcher("instance", "=~", pattern)


def test_stored_pattern_beyond_the_bound_still_matches() -> None:
    """A newer bound never ends a stored silence."""
    pattern = "|".join(f"host{number:05}.prod.example.com" for number in range(3000))
    assert refusal(pattern) is not None
    restored = Matcher.restore("instance", "=~", pattern)
    assert restored.matches({"instance": "host00007.prod.example.com"})


def test_costly_pattern_is_refused_by_the_parser() -> None:
    """routes.yaml, filters and the command line use the same parser."""
    with pytest.raises(MatcherError, match="repetitions"):
        parse_matchers('{alertname=~"' + ".{0,500}" * 20 + '"}')


@pytest.mark.parametrize(
    ("text", "cheap"),
    [
        ('alertname=~"A|B"', True),
        ('{team="billing", env=~"prod.*"}', True),
        ('a=~"x{0,900}"', False),
        (r'a=~"\pL+"', False),
        ("a" * 1001, False),
    ],
)
def test_text_with_a_costly_pattern_is_not_cheap(text: str, cheap: bool) -> None:
    """The event loop compiles only patterns that are surely cheap."""
    assert is_cheap(text) is cheap

"""Escaping of foreign text: no mention, link or line of a label takes effect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.text.escape import (
    LONGEST_URL,
    escape_invisible,
    one_line,
    safe_url,
    slack_escape,
    slack_link,
)


def test_slack_escapes_exactly_three_characters() -> None:
    """E17: More would be shown as written, less would mention the channel."""
    assert slack_escape("<!channel> & \"'") == "&lt;!channel&gt; &amp; \"'"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/x",
        "//example.com/x",
        "https:///x",
        "https://",
        "https://bank.example.com@evil.example/",
        "https://exa<mple.com/",
        "https://example.com\n/x",
        "https://\u202eexample.com/",
        "https://[::1",
        "https://example.com:99999999/",
        "https://example.com/" + "x" * LONGEST_URL,
        "",
    ],
)
def test_unsafe_url_is_refused(url: str) -> None:
    """E17: Only http and https URLs with a plain host become links."""
    assert safe_url(url) is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        (" https://example.com/a ", "https://example.com/a"),
        ("http://[::1]:9090/graph", "http://[::1]:9090/graph"),
        ("https://example.com/a b|c>d\"'", "https://example.com/a%20b%7Cc%3Ed%22%27"),
        ("https://example.com/?q=%3E+0&tab=1", "https://example.com/?q=%3E+0&tab=1"),
        ("HTTPS://Runbooks.Example.COM/Billing?A=B", "https://runbooks.example.com/Billing?A=B"),
        ("Http://EXAMPLE.com:8080#Top", "http://example.com:8080#Top"),
        ("https://Bücher.example/Straße", "https://xn--bcher-kva.example/Stra%C3%9Fe"),
        ("https://example.com/100%/50%25?", "https://example.com/100%25/50%25?"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("https://host_name.example.com./", "https://host_name.example.com./"),
    ],
)
def test_safe_url_is_kept_with_percent_encoding(url: str, safe: str) -> None:
    """Characters that could end a link are percent-encoded, nothing is encoded twice."""
    assert safe_url(url) == safe


@given(st.text(max_size=60), st.text(max_size=60))
def test_slack_link_is_one_link_or_none(path: str, label: str) -> None:
    """E17: Neither the URL nor the label can end the link and start another."""
    link = slack_link(f"https://example.com/{path}", label)
    assert link.count("<") == link.count(">") <= 1
    assert link.count("|") <= 1 or not link.startswith("<")


@given(st.text(), st.integers(1, 50))
def test_any_text_becomes_one_line_within_the_limit(text: str, limit: int) -> None:
    """E17: No line end, control character, direction mark or lone surrogate remains."""
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not set(line) & {chr(c) for c in (*range(32), 127, 0x202E, 0x2066, 0x200B, 0xD800)}


def test_truncated_line_ends_with_an_ellipsis() -> None:
    """A truncated text is recognisable."""
    assert one_line("a  b\r\nc", None) == "a b c"
    assert one_line("abcdef", 4) == "abc…"


HIDDEN = "\u202e\u2066\u200b\u200d\u00ad\u061c\ufeff\u3164\u1160\ud800\x1b\x00\x9b\r\U000e0041"


def test_invisible_characters_become_escapes() -> None:
    """E17: Characters that a terminal acts on or hides are printed as escapes."""
    text = escape_invisible(f"a{HIDDEN}b")
    assert text.isascii()
    assert text.isprintable()
    assert text.startswith("a\\u202e\\u2066\\u200b")
    assert "\\x1b\\x00\\x9b\\x0d\\U000e0041b" in text


def test_visible_text_is_not_changed() -> None:
    """Letters of all languages, line ends and tabs are not changed."""
    text = "Grüße, 日本語, שלום, emoji 🔥,\n\ttab"
    assert escape_invisible(text) == text

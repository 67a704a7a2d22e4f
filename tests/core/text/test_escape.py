"""Foreign text: what a label says never becomes a mention, a link or a line."""

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
    """E17: more would be shown as written, less would mention the channel."""
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
def test_an_unsafe_url_is_refused(url: str) -> None:
    """E17: only http and https with a plain host become links."""
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
def test_a_safe_url_is_kept(url: str, safe: str) -> None:
    """What could end a link or an attribute is percent-encoded, nothing is encoded twice."""
    assert safe_url(url) == safe


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_slack_link_is_one_link_or_none(path: str, label: str) -> None:
    """E17: neither the url nor the label can end the link and begin another."""
    link = slack_link(f"https://example.com/{path}", label)
    assert link.count("<") == link.count(">") <= 1
    assert link.count("|") <= 1 or not link.startswith("<")


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line_of_that_length(text: str, limit: int) -> None:
    """E17: no line end, no control character, no direction mark, no lone surrogate."""
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not set(line) & {chr(c) for c in (*range(32), 127, 0x202E, 0x2066, 0x200B, 0xD800)}


def test_what_is_cut_says_so() -> None:
    """A cut is seen."""
    assert one_line("a  b\r\nc", None) == "a b c"
    assert one_line("abcdef", 4) == "abc…"


HIDDEN = "\u202e\u2066\u200b\u200d\u00ad\u061c\ufeff\u3164\u1160\ud800\x1b\x00\x9b\r\U000e0041"


def test_hidden_characters_become_visible() -> None:
    """E17: what a terminal would act on or not show is printed as an escape."""
    text = escape_invisible(f"a{HIDDEN}b")
    assert text.isascii()
    assert text.isprintable()
    assert text.startswith("a\\u202e\\u2066\\u200b")
    assert "\\x1b\\x00\\x9b\\x0d\\U000e0041b" in text


def test_visible_text_stays_as_it_is() -> None:
    """Letters of all languages, line ends and tabs are not touched."""
    text = "Grüße, 日本語, שלום, emoji 🔥,\n\ttab"
    assert escape_invisible(text) == text

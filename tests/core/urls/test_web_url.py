"""The check of every URL in a setting or a file."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from gateway.core.urls.web_url import plain_url, proxy_url, web_url


@pytest.mark.parametrize(
    "url",
    [
        "http://[foo",
        "http://[::1",
        "http://[::1]x/",
        "http://[fe80::1%eth0]/",
        "http://",
        "http:///path",
        "http://:80/",
        "http://ana@/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:http/",
        "http://example..com/",
        "http://-example.com/",
        "http://" + "a" * 64 + ".example.com/",
        "http://" + "a." * 130 + "com/",
        "http://192.168.1/",
        "http://192.168.1.256/",
        "http://192.168.01.1/",
        "http://2130706433/",
        "http://127.0.0.0x1/",
        "http://exa mple.com/",
        "http://example.com\\@evil.example.com/",
        "http://example.com/\n",
        "http://ana:test@word@example.com/",
        "http://ana:test/word@example.com/",
        "ftp://example.com/",
        "//example.com/",
        "example.com",
        "",
    ],
)
def test_url_that_cannot_be_requested_is_refused(url: str) -> None:
    """Promise 6: A URL that cannot be requested is an error when it is read."""
    with pytest.raises(ValueError, match=r"^not a URL: "):
        web_url(url)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("HTTP://Example.COM/Path?Q=1", "http://example.com/Path?Q=1"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("https://example.com./a", "https://example.com./a"),
        ("http://tickets_web:8080/in", "http://tickets_web:8080/in"),
        ("http://10.0.0.7/in#part", "http://10.0.0.7/in"),
        ("http://[2001:DB8::1]:80/in", "http://[2001:db8::1]:80/in"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_url_is_normalised_to_lower_case_scheme_and_host(url: str, text: str) -> None:
    """Scheme and host are the same in any case; the path is not."""
    assert web_url(url).text == text


def test_credentials_are_removed_from_the_url_and_decoded() -> None:
    """Credentials are sent in a header, with percent-encoding decoded."""
    url = web_url("https://ana:p%40ss%3A%2F@example.com/in")
    assert (url.text, url.username, url.password) == ("https://example.com/in", "ana", "p@ss:/")
    assert "@" not in url.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("socks5://proxy:1080", "SOCKS proxies are not supported"),
        ("http://proxy:3128/path", "a proxy has no path"),
        ("http://proxy:3128?a=b", "a proxy has no path"),
        ("proxy:3128", "write http://"),
        ("http://ana:tëst@proxy:3128", "must be ASCII"),
    ],
)
def test_invalid_proxy_is_refused(url: str, words: str) -> None:
    """Promise 6: The error says what to write instead."""
    with pytest.raises(ValueError, match=words):
        proxy_url(url)


def test_proxy_credentials_are_separate() -> None:
    """A proxy may require a name and a password."""
    url = proxy_url("HTTP://ana:test%20word@Proxy:3128/")
    assert (url.text, url.username, url.password) == ("http://proxy:3128/", "ana", "test word")


def test_plain_url_loses_its_trailing_slash() -> None:
    """Paths can be appended to a plain URL; credentials in it are refused."""
    assert plain_url("HTTPS://Example.com/api/") == "https://example.com/api"
    with pytest.raises(ValueError, match="without a name"):
        plain_url("https://ana@example.com")


_PARTS = st.sampled_from(
    ["http", "HTTPS", "://", "/", ":", "@", "[", "]", "::1", "a", "b.c", ".", "80", "1.2.3.4", "%",
     "%zz", "%40", "?", "#", "ü", "１", "。", "\u200d", "xn--", "_", "-", "é", "\u0130"]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=12).map("".join))
@example("a://")
@example("xn--a/")
def test_accepted_url_has_the_same_host_in_the_http_client(rest: str) -> None:
    """The HTTP client accepts every URL that the check accepts."""
    try:
        url = web_url(f"http://{rest}")
    except ValueError:
        return
    parsed = URL(url.text)
    assert parsed.raw_host
    assert parsed.scheme == "http"
    assert parsed.user is None

"""URLs of services: which are allowed, and which of their parts are secrets."""

import re

import pytest

from gateway.core.plan.service_url import secret_parts, service_url


@pytest.mark.parametrize(
    "url",
    [
        "tgram://123456789:test-token/-100123",
        "discord://4174216298/test-token",
        "workflows://prod-01.westeurope.logic.azure.com:443/test-workflow/test-signature/",
        "mmosts://mattermost.example.com/hookid",
        "matrixs://user:test-password@matrix.example.com/#billing",
        "pover://test-user@test-token",
        "signals://signal.example.com/+4915112345678/+4915112345679",
        "JSONS://hooks.example.com/path?+X-Token=test",
    ],
)
def test_service_reached_by_http_is_allowed(url: str) -> None:
    """The URL is kept exactly as it is: letters of tokens have a case."""
    assert service_url(url) == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "no URL of a service"),
        ("teams", "no URL of a service"),
        ("tgram://a b", "no URL of a service"),
        ("json://" + "x" * 3000, "no URL of a service"),
        ("https://hooks.example.com/x", "the service's own form"),
        ("syslog://localhost", "not a service that is reached by HTTP"),
        ("dbus://", "no URL of a service"),
        ("windows://x", "not a service"),
        ("file:///etc/passwd", "not a service"),
        ("mailtos://user:test@example.com", "not a service"),
        ("fcm://project/token?keyfile=/etc/passwd", "not a service"),
        ("tgrm://123/456", "did you mean tgram://?"),
        ("slack://T/B/C/?template=/etc/passwd", "remove the key template"),
        ("json://h/?Retry=5", "the gateway itself tries again"),
        ("jsons://h/?verify=no", "certificates are always checked"),
        ("json://h/?attach=http://10.0.0.1/", "it reads a file or another URL"),
    ],
)
def test_everything_else_is_refused_without_showing_it(url: str, reason: str) -> None:
    """A scheme may run a command, read a file, or connect past the check of addresses."""
    with pytest.raises(ValueError, match=re.escape(reason)) as caught:
        service_url(url)
    assert "passwd" not in str(caught.value)


def test_parts_of_a_url_are_secrets_as_written_and_decoded() -> None:
    """An answer repeats a decoded path, a header's value or a password."""
    url = "jsons://user12:p%40ssword@hooks.example.com/test%2Dpath?+X-Token=header-value&a=b"
    parts = secret_parts(url)
    assert {"p%40ssword", "p@ssword", "test-path", "header-value", "user12"} <= set(parts)
    assert "b" not in parts

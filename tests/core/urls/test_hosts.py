"""Host names that the gateway answers to."""

import pytest

from gateway.core.urls.hosts import host_of, is_known, is_loopback, read_hosts
from gateway.settings import SettingError, read_settings


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("localhost:9095", "localhost"),
        ("Alerts.Example.COM", "alerts.example.com"),
        ("alerts.example.com.:80", "alerts.example.com"),
        ("10.0.0.7:9095", "10.0.0.7"),
        ("[::1]:9095", "::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("gateway:", "gateway"),
        ("", None),
        ("[", None),
        ("[::1", None),
        ("[1:2]", None),
        ("a b", None),
        ("user@evil.example", None),
        ("evil.example/x", None),
        ("evil.example:99999", None),
        ("evil.example:port", None),
        ("é.example", None),
    ],
)
def test_authority_has_a_host_or_is_malformed(authority: str, host: str | None) -> None:
    """A malformed `Host` header names no host."""
    assert host_of(authority) == host


@pytest.mark.parametrize(
    "host",
    ["10.244.1.9", "::1", "localhost", "gateway", "gateway.monitoring.svc", "a.svc.cluster.local"],
)
def test_host_that_cannot_be_rebound_is_known(host: str) -> None:
    """Pod addresses, mapped ports and names inside a cluster need no setting."""
    assert is_known(host, ())


@pytest.mark.parametrize(
    ("host", "allowed", "known"),
    [
        ("evil.example", (), False),
        ("evil.example", ("alerts.example.com",), False),
        ("alerts.example.com", ("alerts.example.com",), True),
        ("a.example.com", ("*.example.com",), True),
        ("example.com", ("*.example.com",), False),
        ("evilexample.com", ("*.example.com",), False),
        ("evil.example", ("*",), True),
        ("127.0.0.1.evil.example", (), False),
    ],
)
def test_public_host_is_known_only_if_allowed(
    host: str, allowed: tuple[str, ...], known: bool
) -> None:
    """A name that a stranger can register must be allowed by a setting."""
    assert is_known(host, allowed) is known


def test_hosts_of_the_settings_are_known() -> None:
    """The listening address, the external URL and GATEWAY_ALLOWED_HOSTS are known."""
    settings = read_settings(
        {
            "GATEWAY_LISTEN": "gw.corp.example.com:9095",
            "GATEWAY_EXTERNAL_URL": "https://Alerts.example.com/am",
            "GATEWAY_ALLOWED_HOSTS": "old.example.org, *.example.net",
        }
    )
    for host in ("gw.corp.example.com", "alerts.example.com", "old.example.org", "x.example.net"):
        assert is_known(host, settings.known_hosts)


@pytest.mark.parametrize("text", ["http://a.example", "a.example:80", "a/b", "*.*.example", "[x"])
def test_invalid_allowed_host_is_refused(text: str) -> None:
    """A mistake in GATEWAY_ALLOWED_HOSTS stops the start and names the setting."""
    with pytest.raises(SettingError, match="GATEWAY_ALLOWED_HOSTS"):
        read_settings({"GATEWAY_ALLOWED_HOSTS": text})


def test_loopback_addresses_and_localhost_are_loopback() -> None:
    """Only loopback addresses and localhost stay on this machine."""
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "a.localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "", "10.0.0.1", "localhost.example.com")))
    assert read_hosts(" A.example,, b.example ") == ("a.example", "b.example")

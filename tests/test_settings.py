"""Validation of GATEWAY_* variables: mistakes are refused, a platform's are ignored."""

import pytest

from gateway.settings import SettingError, read_settings

SERVICE = {
    "GATEWAY_SERVICE_HOST": "10.0.0.11",
    "GATEWAY_SERVICE_PORT": "9095",
    "GATEWAY_SERVICE_PORT_HTTP": "9095",
    "GATEWAY_PORT": "tcp://10.0.0.11:9095",
    "GATEWAY_PORT_9095_TCP": "tcp://10.0.0.11:9095",
    "GATEWAY_PORT_9095_TCP_PROTO": "tcp",
    "GATEWAY_PORT_9095_TCP_PORT": "9095",
    "GATEWAY_PORT_9095_TCP_ADDR": "10.0.0.11",
    "GATEWAY_BLUE_SERVICE_HOST": "10.0.0.12",
    "GATEWAY_BLUE_PORT": "tcp://10.0.0.12:9095",
}
"""Variables that Kubernetes sets for services called gateway and gateway-blue."""


def test_variables_of_a_service_called_gateway_are_ignored() -> None:
    """The variables of a service called gateway change no setting."""
    assert read_settings(SERVICE) == read_settings({})
    assert read_settings(SERVICE).port == 9095


@pytest.mark.parametrize(
    ("name", "value", "near"),
    [
        ("GATEWAY_LISTENN", ":9095", "did you mean GATEWAY_LISTEN?"),
        ("GATEWAY_PORT", "8080", "is not a setting"),
        ("GATEWAY_SERVICE", "gateway", "is not a setting"),
        ("GATEWAY_PORT_HTTP", "8080", "is not a setting"),
    ],
)
def test_unknown_variable_is_refused_with_a_suggestion(name: str, value: str, near: str) -> None:
    """A misspelt setting stops the start instead of having no effect."""
    with pytest.raises(SettingError, match=name) as refused:
        read_settings({name: value})
    assert near in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_EXTERNAL_URL", "alerts.example.com"),
        ("GATEWAY_EXTERNAL_URL", "http://[foo"),
        ("GATEWAY_EXTERNAL_URL", "https://ana:test-word@example.com"),
        ("GATEWAY_HEARTBEAT_URL", "https://example.com:99999/test-word"),
        ("GATEWAY_HEARTBEAT_URL", "https:///test-word"),
        ("GATEWAY_HEARTBEAT_PROXY", "socks5://ana:test-word@proxy:1080"),
    ],
)
def test_invalid_url_is_refused_without_showing_it(name: str, value: str) -> None:
    """The error names the setting and hides its value, because it may be secret."""
    with pytest.raises(SettingError, match=f"^{name}: ") as refused:
        read_settings({name: value})
    assert "test-word" not in str(refused.value)


def test_external_url_is_normalised_to_lower_case() -> None:
    """Scheme and host in capitals are accepted, and written in lower case."""
    settings = read_settings({"GATEWAY_EXTERNAL_URL": "HTTPS://Alerts.Example.com/Gateway/"})
    assert settings.external_url == "https://alerts.example.com/Gateway"
    assert settings.route_prefix == "/Gateway"


@pytest.mark.parametrize(
    "name",
    [
        "GATEWAY_API_TOKEN",
        "GATEWAY_SECRET_KEY",
        "GATEWAY_HEARTBEAT_URL",
        "GATEWAY_DATABASE_URL",
    ],
)
@pytest.mark.parametrize(
    "value", [" ", "test-token-of-some-length ", "\ttest-token-of-some-length"]
)
def test_secret_with_surrounding_white_space_is_refused(name: str, value: str) -> None:
    """A token that no client can send is refused at the start, without its value."""
    with pytest.raises(SettingError, match=name) as refused:
        read_settings({name: value})
    assert "test-token" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "http://",
        "https://a b",
        "ftp://alerts.example.com",
        "https://ana:test-password@alerts.example.com",
        "https://alerts.example.com:99999",
        "https://alerts.example.com/?x=1",
    ],
)
def test_external_url_without_room_for_a_path_is_refused(url: str) -> None:
    """Links start with the external URL, so a path must fit behind it."""
    with pytest.raises(SettingError, match="GATEWAY_EXTERNAL_URL"):
        read_settings({"GATEWAY_EXTERNAL_URL": url})


@pytest.mark.parametrize("value", ["-1", "0", "many", "15", "99999999"])
def test_invalid_connection_limit_is_refused(value: str) -> None:
    """The limit leaves enough connections to answer clients."""
    with pytest.raises(SettingError, match="GATEWAY_MAX_CONNECTIONS"):
        read_settings({"GATEWAY_MAX_CONNECTIONS": value})


@pytest.mark.parametrize("name", ["GATEWAY_RETENTION", "GATEWAY_DUTY_RETENTION"])
@pytest.mark.parametrize("value", ["0", "-3", "90d", "a week"])
def test_retention_that_keeps_nothing_is_refused(name: str, value: str) -> None:
    """A retention is a whole number of days, at least one: 0 would delete at once."""
    with pytest.raises(SettingError, match=f"{name} is '{value}'; write a whole number"):
        read_settings({name: value})


def test_retentions_are_days() -> None:
    """Days of the settings become the seconds of the code."""
    read = read_settings({"GATEWAY_RETENTION": "30"})
    assert (read.retention, read.duty_retention) == (30 * 86400.0, 730 * 86400.0)

"""Variables called GATEWAY_… that are no settings: slips are refused, a platform's are passed."""

import pytest

from gateway.core.server import SettingError, read_settings

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
"""What a pod finds beside services called gateway and gateway-blue."""


def test_a_service_called_gateway() -> None:
    """It starts beside one: its addresses are no settings, and change none."""
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
def test_a_slip_is_refused(name: str, value: str, near: str) -> None:
    """Somebody meant to set something, and it would not be."""
    with pytest.raises(SettingError, match=name) as refused:
        read_settings({name: value})
    assert near in str(refused.value)

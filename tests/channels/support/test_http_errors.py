"""What vendors say is masked before it is stored, logged or shown (promise 10)."""

import pytest

from gateway import log
from gateway.channels.support.http_errors import masked, vendor_text
from gateway.core.incidents.retry import LONGEST_DETAIL, Failure, SendError


@pytest.mark.parametrize(
    "text",
    [
        "denied: Authorization: Bearer test-token-of-another",
        "no such user: basic dGVzdDp0ZXN0LXBhc3N3b3Jk",
        "xoxb-123456-test-token is revoked",
        "xapp-1-test-token is revoked",
        "cannot reach https://user:test-token@hooks.example.com/x",
        "gone: https://hooks.slack.com/services/T000/B000/test-token",
        "open https://alerts.example.com/ack/test-token",
    ],
)
def test_what_looks_like_a_credential_is_masked(text: str) -> None:
    """A proxy between us and the vendor may repeat credentials that are not ours."""
    assert "***" in masked(text)
    assert "test-token" not in masked(text)
    assert "dGVzdDp" not in vendor_text(text)


def test_every_configured_secret_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor may repeat a secret of another channel: masking does not ask whose it is."""
    monkeypatch.setattr(log, "_secrets", log._SecretPattern())
    log.add_secret("test-routing-key-1")
    error = SendError(Failure.BAD_CONTENT, "the key test-routing-key-1 is unknown").masked(masked)
    assert error.detail == "the key *** is unknown"
    assert str(error) == "bad content: the key *** is unknown"


def test_no_half_of_a_secret_is_left_at_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Masking comes before cutting."""
    monkeypatch.setattr(log, "_secrets", log._SecretPattern())
    log.add_secret("test-routing-key-1")
    text = "x" * (LONGEST_DETAIL - 5) + "test-routing-key-1"
    assert "test-" not in SendError(Failure.BAD_CONTENT, text).masked(masked).detail
    assert "test-" not in vendor_text("y" * 195 + "test-routing-key-1")

"""Credentials of what vendors post back."""

from tests.config.texts import faults, loaded

ACCOUNT = """
channels:
  email:
    token: "${T}"
    from: alerts@example.com
    callbacks: %s
receivers: [{name: all, email: [{to: ana@example.com}]}]
route: {receiver: all}
"""
ENV = {"T": "test-postmark-token", "P": "test-password"}


def test_callbacks_take_passwords_and_tokens() -> None:
    """Both kinds may be set at once, and secrets stay references."""
    text = ACCOUNT % '{basic: {username: postmark, password: "${P}"}, bearer: ["${P}"]}'
    callbacks = loaded(text, ENV).channels["email"].callbacks
    assert callbacks is not None
    assert not callbacks.open
    assert "test-password" not in repr(callbacks)
    assert callbacks.basic[0][1].reveal() == "test-password"


def test_callbacks_without_credentials_are_closed_and_warned_of() -> None:
    """An empty password must not open the endpoint to everybody."""
    config = loaded(ACCOUNT % '{bearer: "${NONE:-}"}', ENV)
    assert config.channels["email"].callbacks is None
    assert any("callbacks: has no credentials" in str(one) for one in config.warnings)


def test_unknown_kind_of_credentials_is_an_error() -> None:
    """Postmark signs nothing, so a signing secret is a mistake."""
    [problem] = faults(ACCOUNT % '{hmac: "${P}"}', ENV)
    assert 'unknown key "hmac" in callbacks' in problem.message

"""Settings of PagerDuty's webhooks."""

from tests.config.texts import faults, loaded

ACCOUNT = """
channels:
  pagerduty:
    rest_token: "${T}"
    rest_url: https://api.eu.pagerduty.com
    callbacks: %s
receivers: [{name: all, pagerduty: [{routing_key: "${K}"}]}]
route: {receiver: all}
"""
ENV = {"T": "test-rest-token", "S": "test-secret", "OLD": "test-older-secret", "K": 32 * "k"}


def test_several_signing_secrets_are_valid_at_once() -> None:
    """An old and a new one, while PagerDuty's subscription is being replaced."""
    text = ACCOUNT % '{signing_secret: ["${S}", "${OLD}"]}'
    account = loaded(text, ENV).channels["pagerduty"]
    assert account.callbacks is not None
    assert [one.reveal() for one in account.callbacks.hmac] == ["test-secret", "test-older-secret"]
    assert not account.callbacks.open
    assert account.secrets["rest_token"].reveal() == "test-rest-token"
    assert "test-" not in repr(account)


def test_empty_signing_secret_closes_the_endpoint() -> None:
    """An empty variable must not let anybody act."""
    config = loaded(ACCOUNT % '{signing_secret: "${NONE:-}"}', ENV)
    assert config.channels["pagerduty"].callbacks is None


def test_webhooks_without_a_rest_token_are_warned_of() -> None:
    """Most webhooks have no key of ours, so that most actions would be missed."""
    text = ACCOUNT.replace('    rest_token: "${T}"\n', "") % '{signing_secret: "${S}"}'
    warnings = [str(one) for one in loaded(text, ENV).warnings]
    assert any("rest_token" in one and "miss" in one for one in warnings)


def test_password_is_no_credential_of_pagerduty() -> None:
    """PagerDuty signs what it posts."""
    [problem] = faults(ACCOUNT % '{basic: {username: pd, password: "${S}"}}', ENV)
    assert 'unknown key "basic"' in problem.message

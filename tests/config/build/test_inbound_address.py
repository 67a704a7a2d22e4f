"""The address that takes replies."""

import pytest

from tests.config.texts import faults, loaded

ACCOUNT = """
channels:
  email:
    token: "${T}"
    from: alerts@example.com
    inbound_address: %s
receivers: [{name: all, email: [{to: ana@example.com}]}]
route: {receiver: all}
"""
ENV = {"T": "test-postmark-token", "P": "test-password"}


@pytest.mark.parametrize("mailbox", [33 * "a", "alerts+x"])
def test_address_without_room_for_the_token_is_an_error(mailbox: str) -> None:
    """A local part has 64 characters, and Postmark takes the token from behind the first plus."""
    [problem] = faults(ACCOUNT % f"{mailbox}@inbound.example.com", ENV)
    assert "a token is added there" in problem.message


def test_address_without_callbacks_is_warned_of() -> None:
    """Everything that Postmark posts would be refused."""
    text = ACCOUNT % "alerts@inbound.example.com"
    assert any("replies are refused" in str(one) for one in loaded(text, ENV).warnings)
    callbacks = '\n    callbacks: {basic: {username: postmark, password: "${P}"}}\nreceivers'
    quiet = loaded(text.replace("\nreceivers", callbacks, 1), ENV)
    assert not any("inbound" in str(one) for one in quiet.warnings)

"""What a receiver's targets carry beside their addresses."""

import pytest

from tests.config.texts import faults, loaded

WEBHOOK = "receivers: [{{name: all, webhook: [{{url: 'https://example.com/in', timeout: {}}}]}}]\n"
ROUTE = "route: {receiver: all}\n"


def test_a_webhook_may_have_a_timeout_of_its_own() -> None:
    """As in Alertmanager; in seconds for the channel, and absent where the file says nothing."""
    [target] = loaded(WEBHOOK.format("500ms") + ROUTE).plan.receivers["all"].targets
    assert target.options["timeout"] == "0.5"
    text = WEBHOOK.replace(", timeout: {}", "").format()
    [target] = loaded(text + ROUTE).plan.receivers["all"].targets
    assert "timeout" not in target.options


@pytest.mark.parametrize("timeout", ["0s", "99ms", "31s", "1h", "5"])
def test_an_attempt_is_neither_endless_nor_over_at_once(timeout: str) -> None:
    """It must end while its lease lasts; the fault names the field."""
    [fault] = faults(WEBHOOK.format(timeout) + ROUTE)
    assert "timeout: " in str(fault)

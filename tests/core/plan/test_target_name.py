"""Names of targets for people, without secrets."""

import pytest

from gateway.core.plan.plan import Target
from gateway.core.plan.target_name import key_name, references, target_name


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Target("email", "ana@example.com", "ana"), "e-mail ana@example.com"),
        (Target("slack", "#billing-alerts"), "Slack #billing-alerts"),
        (Target("slack", "U012ANA", "ana"), "Slack (ana)"),
        (Target("pagerduty", "${PD_PAYMENTS}"), "PagerDuty (payments)"),
        (Target("pagerduty", "${PAGERDUTY_BILLING_KEY}"), "PagerDuty (billing)"),
        (Target("pagerduty", "${PAGERDUTY_KEY}"), "PagerDuty"),
        (Target("pagerduty", "${file:/run/secrets/pagerduty-ledger.txt}"), "PagerDuty (ledger)"),
        (Target("pagerduty", "sha256:0123456789ab"), "PagerDuty"),
        (Target("pagerduty", "${PD}", options={"name": "Payments"}), "PagerDuty (Payments)"),
        (
            Target("webhook", "https://u:p@tickets.example.com/hooks/x"),
            "webhook (tickets.example.com)",
        ),
        (Target("webhook", "${TICKETS_WEBHOOK_URL}"), "webhook (tickets)"),
        (Target("webhook", "http://[broken"), "webhook"),
        (Target("console", "console"), "the console"),
    ],
)
def test_target_is_named_by_channel_and_name(target: Target, name: str) -> None:
    """Promise 10: A name contains neither a secret nor a reference to one."""
    assert target_name(target) == name
    assert "$" not in key_name(target.key)


def test_references_of_an_address_are_listed() -> None:
    """An error names the variables and files to set."""
    assert references("${file:/run/a}${B}") == "file:/run/a, B"

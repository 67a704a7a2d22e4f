"""Targets by labels in routes.yaml."""

import pytest

from gateway.core.plan.recipients import targets_for
from tests.config.texts import faults, loaded

ACCOUNTS = """
channels:
  slack: {provider: console}
  email: {provider: console, from: alerts@example.com}
  pagerduty: {provider: console}
"""
FILE = (
    ACCOUNTS
    + """
receivers:
  - name: teams
    slack:
      - {channel: "#{{ labels.team }}-alerts", allow: "#[a-z]+-alerts", otherwise: "#alerts"}
    email:
      - to: [admin@example.com, "{{ labels.team }}@example.com"]
        allow: ["billing@example.com", "platform@example.com"]
        otherwise: alerts@example.com
    pagerduty:
      - routing_key:
          label: team
          keys: {billing: "${BILLING_KEY}"}
          otherwise: "${PLATFORM_KEY}"
route: {receiver: teams, group_by: [team]}
"""
)
KEYS = {"BILLING_KEY": "a" * 32, "PLATFORM_KEY": "b" * 32}


def test_targets_follow_the_labels() -> None:
    """Each channel has the target of the team, and fixed targets stay."""
    receiver = loaded(FILE, KEYS).plan.receivers["teams"]
    assert {target.address for target in targets_for(receiver, {"team": "billing"})} == {
        "#billing-alerts",
        "admin@example.com",
        "billing@example.com",
        "${BILLING_KEY}",
    }
    assert {target.address for target in targets_for(receiver, {})} == {
        "#alerts",
        "admin@example.com",
        "alerts@example.com",
        "${PLATFORM_KEY}",
    }


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ('{channel: "#{{ labels.team }}"}', 'needs the key "allow"'),
        ('{channel: "#{{ labels.team }}", allow: "#[a-z]+"}', 'needs the key "otherwise"'),
        ('{channel: "#{{ team }}", allow: "#.*", otherwise: "#a"}', "write {{ labels.team }}"),
        ('{channel: "#{{ labels.team }}", allow: "#[", otherwise: "#a"}', "allow"),
        ('{channel: "#alerts", allow: "#[a-z]+"}', "belongs to an address with labels"),
    ],
)
def test_incomplete_target_by_labels_is_an_error(target: str, message: str) -> None:
    """Promise 6: Without an allow-list anyone who posts alerts could write anywhere."""
    text = ACCOUNTS + "receivers: [{name: all, slack: [" + target + "]}]\nroute: {receiver: all}\n"
    assert message in str(faults(text)[0])


def test_route_that_does_not_group_by_the_label_is_a_warning() -> None:
    """A group of several teams has no team; a route of one team needs no grouping."""
    text = FILE.replace("group_by: [team]", "group_by: [alertname]")
    (warning,) = [one for one in _warnings(text) if "by the label" in one]
    assert "does not group by it" in warning
    assert "add it to group_by" in warning
    assert not [one for one in _warnings(FILE) if "by the label" in one]


def _warnings(text: str) -> list[str]:
    return [str(one) for one in loaded(text, KEYS).warnings]

"""Warnings about drills that reach nobody."""

import pytest

from tests.config.texts import loaded

TEXT = """
people: {{ana: {{name: Ana, email: ana@example.com}}, ben: {{name: Ben}}}}
channels: {{email: {{provider: console, from: alerts@example.com}}}}
sources: {{drills: {{type: prometheus, bearer: test-drill-token, allow_test: true}}}}
receivers: [{{name: team, email: [{{to: ana@example.com}}]}}, {{name: nobody}}]
escalations:
  empty: [{{notify: ["receiver:nobody", "person:ben"]}}]
  billing: [{{notify: ["receiver:nobody"], wait: 5m}}, {{notify: ["person:ana"]}}]
route: {{receiver: team}}
drills:
  weekly: {{{of}, source: drills, cron: "0 10 * * mon"}}
"""


def warnings_of(of: str) -> list[str]:
    """Return the positions and messages of the warnings about drills."""
    return [
        f"{one.line}:{one.column}: {one.message}"
        for one in loaded(TEXT.format(of=of)).warnings
        if one.message.startswith("drill ")
    ]


@pytest.mark.parametrize("of", ["receiver: nobody", "escalation: empty", "person: ben"])
def test_drill_that_reaches_nobody_is_warned_of(of: str) -> None:
    """It would fail each time, and says so before it is live."""
    subject = of.replace(":", "")
    assert warnings_of(of) == [
        f'11:3: drill "weekly" reaches nobody: {subject} has no target and leads to no contact; '
        "it fails each time"
    ]


@pytest.mark.parametrize("of", ["receiver: team", "escalation: billing", "person: ana"])
def test_drill_that_reaches_somebody_is_not_warned_of(of: str) -> None:
    """One step with a contact is enough."""
    assert warnings_of(of) == []

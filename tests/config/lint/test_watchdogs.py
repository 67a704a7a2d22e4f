"""Warnings about the routes of watchdogs: people are notified of an absence only."""

from tests.config.texts import loaded

PLAN = """
channels: {{email: {{provider: console, from: a@example.com}}}}
receivers:
  - {{name: ops, email: [{{to: ana@example.com}}]}}
  - {{name: nobody}}
  - {{name: switch, webhook: [{{url: 'https://switch.example.com'}}]}}
route: {{receiver: ops, routes: [{{matchers: ['{matcher}'], receiver: {receiver}}}]}}
watchdogs:
  prometheus: {{matchers: ['alertname="Watchdog"', 'cluster=~"a|b"']}}
"""
EXACT, LIKE = 'alertname="Watchdog"', 'alertname=~"Watchdog.*"'


def warnings_of(matcher: str, receiver: str) -> list[str]:
    """Return the positions and messages of the warnings about the watchdog."""
    warnings = loaded(PLAN.format(matcher=matcher, receiver=receiver)).warnings
    return [f"{one.line}:{one.column}: {one.message}" for one in warnings if one.line > 8]


def test_a_watchdog_routed_to_people_is_warned_of() -> None:
    """E40: without a route of its own it goes to the receiver of the root."""
    assert warnings_of('alertname="Other"', "nobody") == [
        '9:3: prometheus: its alert always fires, and receiver "ops" would be notified again '
        "and again; give it a route of its own to a receiver without targets"
    ]


def test_a_watchdog_routed_to_nobody_or_to_a_webhook_is_accepted() -> None:
    """A receiver without targets notifies nobody, and a program may depend on the repeats."""
    assert warnings_of(EXACT, "nobody") == []
    assert warnings_of(EXACT, "switch") == []


def test_an_absence_routed_to_nobody_is_warned_of() -> None:
    """E40: a route meant for the watchdog matches the alert about its absence as well."""
    assert warnings_of(LIKE, "nobody") == [
        '9:3: prometheus: WatchdogMissing goes to receiver "nobody", which has no targets: nobody '
        "would be notified that monitoring is silent; check its labels: and the routes"
    ]

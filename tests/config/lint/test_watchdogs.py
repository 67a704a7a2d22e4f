"""A watchdog is for its absence: people hear of that, and never that all is well."""

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


def doubted(matcher: str, receiver: str) -> list[str]:
    """Places and words of the doubts about the watchdog."""
    warnings = loaded(PLAN.format(matcher=matcher, receiver=receiver)).warnings
    return [f"{one.line}:{one.column}: {one.message}" for one in warnings if one.line > 8]


def test_an_alert_that_always_fires_is_nothing_to_tell_people() -> None:
    """E40: without a route of its own it goes to whoever gets what is left over."""
    assert doubted('alertname="Other"', "nobody") == [
        '9:3: prometheus: its alert always fires, and receiver "ops" would be told so again and '
        "again: give it a route of its own to a receiver without places"
    ]


def test_nobody_and_a_switch_outside_may_have_it() -> None:
    """A receiver without places is quiet, and a program may live on its repeats."""
    assert doubted(EXACT, "nobody") == []
    assert doubted(EXACT, "switch") == []


def test_the_absence_must_reach_somebody() -> None:
    """E40: a route that means the watchdog takes the alert about its absence as well."""
    assert doubted(LIKE, "nobody") == [
        '9:3: prometheus: WatchdogMissing goes to receiver "nobody", which has no places: nobody '
        "would be told that monitoring is silent; see its labels: and the routes"
    ]

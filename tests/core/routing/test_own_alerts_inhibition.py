"""The gateway's own alerts and inhibition."""

from gateway.core.matching.matcher import Matcher
from gateway.core.routing.inhibition import InhibitRule, find_inhibitor

RULE = InhibitRule("rule", (Matcher("team", "=", "a"),), (Matcher("team", "=", "b"),))


def test_own_alert_inhibits_nothing() -> None:
    """An own alert that fits the source side mutes nothing."""
    source, target = {"alertname": "Down", "team": "a"}, {"alertname": "Slow", "team": "b"}
    assert find_inhibitor((RULE,), target, [source])
    own = {"alertname": "GatewayNobodyOnCall", "team": "a"}
    assert find_inhibitor((RULE,), target, [own]) is None


def test_own_alert_is_not_inhibited() -> None:
    """An own alert that fits the target side is notified."""
    source = {"alertname": "Down", "team": "a"}
    for name in ("GatewayNobodyOnCall", "WatchdogMissing"):
        assert find_inhibitor((RULE,), {"alertname": name, "team": "b"}, [source]) is None

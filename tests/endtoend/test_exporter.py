"""The exporter of the fake billing service fits the rules."""

import pytest
import yaml

from tests.endtoend.exporter import Metrics
from tests.endtoend.monitoring import RULES
from tests.endtoend.series import ALERTS
from tests.endtoend.shortened import rules


def test_every_rule_can_be_tripped() -> None:
    """Each alert of the rules, except Watchdog, has a cause to trip."""
    named = {
        rule["alert"]
        for file in RULES.glob("*.rules.yml")
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    }
    assert named - {"Watchdog"} == ALERTS


def test_a_counter_counts_while_tripped() -> None:
    """A counter rises while an alert's cause is present, and then keeps its value."""
    metrics = Metrics(0.0)
    line = 'billing_double_charge_detected_total{detector="ledger_reconciliation"} '

    def value(now: float) -> float:
        shown = [one for one in metrics.exposed(now).splitlines() if one.startswith(line)]
        return float(shown[0].removeprefix(line))

    assert value(10.0) == 1000.0
    metrics.set("DoubleChargeDetected", True, 20.0)
    assert value(25.0) == 1005.0
    metrics.set("DoubleChargeDetected", False, 30.0)
    assert value(60.0) == 1010.0


def test_an_alert_of_no_rule_is_refused() -> None:
    """A misspelt alert would never fire, so it is refused."""
    with pytest.raises(KeyError):
        Metrics(0.0).set("DoubleChargeDetcted", True, 0.0)


def test_rules_are_only_made_faster() -> None:
    """A shortened rule has shorter windows and waits, and the same name, labels and text."""
    text = """
groups:
- name: g
  rules:
  - {alert: A, expr: 'increase(x[5m]) > 0 and time() - y > 26 * 3600', for: 15m, labels: {a: b}}
  - {alert: B, expr: 'z == 0', for: 0m}
"""
    first, second = yaml.safe_load(rules(text, 8))["groups"][0]["rules"]
    assert first == {
        "alert": "A",
        "expr": "increase(x[8s]) > 0 and time() - y > 26 * 3600",
        "for": "1s",
        "labels": {"a": "b"},
    }
    assert second == {"alert": "B", "expr": "z == 0", "for": "0m"}

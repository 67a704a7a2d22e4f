"""The section gateway_alerts: and what it leads to."""

import pytest

from gateway.config.load import ConfigError, load
from gateway.core.alerts.alert import Alert
from gateway.core.alerts.own_alerts import CONDITIONS, ActiveCondition
from gateway.core.plan.own_alerts import own_alert

BASE = "receivers: [{name: everyone}]\nroute: {receiver: everyone}\n"


def built(text: str, name: str = "GatewayNobodyOnCall") -> Alert:
    """Return the alert of a condition under a file."""
    labels = {"escalation": "billing", "calendar": "billing"}
    active = ActiveCondition(CONDITIONS[name], labels, {})
    return own_alert(load(BASE + text, env={}).plan, active, 1.0)


def test_severity_is_the_declared_one_of_that_rank() -> None:
    """Critical and warning, or the first and second declared severity instead."""
    declared = "severities: {p1: {rank: 1}, p2: {rank: 2}}\n"
    assert built("").labels["severity"] == "critical"
    assert built("", "GatewayCalendarFailing").labels["severity"] == "warning"
    assert built(declared).labels["severity"] == "p1"
    assert built(declared, "GatewayCalendarFailing").labels["severity"] == "p2"


def test_configured_labels_win_over_the_severity() -> None:
    """Labels of the section select the route, the severity included."""
    alert = built("gateway_alerts: {labels: {team: platform, severity: info}}\n")
    assert alert.labels["team"] == "platform"
    assert alert.labels["severity"] == "info"
    assert alert.labels["alertname"] == "GatewayNobodyOnCall"


def test_runbooks_become_links() -> None:
    """Where the runbooks are served, each alert links to its page."""
    alert = built("gateway_alerts: {runbooks: https://docs.example.com/r/}\n")
    assert alert.annotations["runbook_url"] == "https://docs.example.com/r/gateway-nobody-on-call"


def test_source_with_the_name_of_the_own_one_is_refused() -> None:
    """No sender may post as the gateway itself."""
    with pytest.raises(ConfigError, match="own alerts"):
        load(BASE + "sources: {gateway: {type: alertmanager, bearer: x}}\n", env={})

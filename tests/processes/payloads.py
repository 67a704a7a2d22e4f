"""Alerts as Alertmanager posts them, and links in messages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any


def alert(name: str, severity: str = "critical", **labels: str) -> dict[str, Any]:
    """A firing alert, as Alertmanager reports it."""
    return {
        "status": "firing",
        "labels": {"alertname": name, "severity": severity, "team": "billing", **labels},
        "annotations": {
            "summary": f"{name} happened",
            "runbook_url": "https://runbooks.example.com/billing",
        },
        "startsAt": "2026-11-20T03:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph",
    }


def resolved(firing: Mapping[str, Any]) -> dict[str, Any]:
    """Return that alert as resolved."""
    return {**firing, "status": "resolved", "endsAt": "2026-11-20T03:09:00Z"}


def acknowledge_link(mail: Mapping[str, Any]) -> str:
    """Return the acknowledge link of a mail that Postmark accepted."""
    match = re.search(r"http://gateway\.example\.com/ack/\S+", mail["TextBody"])
    assert match, mail["TextBody"]
    return match[0]


def webhook(alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of Alertmanager's webhook, version 4."""
    firing = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "gateway",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.com",
        "alerts": list(alerts),
    }

"""Facts for targets without resolved notifications (`send_resolved: false`)."""

from typing import Any

from gateway.core.decide.facts import without_ends


def fact(region: str, status: str) -> dict[str, Any]:
    """Return one alert as facts contain it."""
    return {
        "status": status,
        "labels": {"alertname": "X", "region": region},
        "annotations": {"summary": region},
    }


def test_resolved_alerts_are_removed_and_common_labels_computed_again() -> None:
    """As in Alertmanager, the message is built as if no alert had resolved."""
    facts = {
        "alerts": [fact("eu", "firing"), fact("eu", "firing"), fact("us", "resolved")],
        "common_labels": {"alertname": "X"},
        "common_annotations": {},
        "firing": 2,
        "resolved": 1,
        "unheard": [fact("ap", "resolved")],
        "note": "as it was",
    }
    firing_facts = without_ends(facts)
    assert [alert["labels"]["region"] for alert in firing_facts["alerts"]] == ["eu", "eu"]
    assert firing_facts["common_labels"] == {"alertname": "X", "region": "eu"}
    assert firing_facts["common_annotations"] == {"summary": "eu"}
    assert (firing_facts["firing"], firing_facts["resolved"], firing_facts["unheard"]) == (2, 0, [])
    assert firing_facts["note"] == "as it was"
    assert len(facts["alerts"]) == 3


def test_fully_resolved_facts_stay_as_they_are() -> None:
    """Facts of resolved alerts only are kept, because a message must not be empty."""
    resolved_facts = {"alerts": [fact("eu", "resolved")], "resolved": 1}
    assert without_ends(resolved_facts) == resolved_facts
    assert without_ends({}) == {}

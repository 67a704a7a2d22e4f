"""What a target reads that is not told of ends (`send_resolved: false`)."""

from typing import Any

from gateway.core.decide.facts import without_ends


def fact(region: str, status: str) -> dict[str, Any]:
    """One alert as facts hold it."""
    return {
        "status": status,
        "labels": {"alertname": "X", "region": region},
        "annotations": {"summary": region},
    }


def test_only_what_burns_is_left_with_what_it_shares() -> None:
    """As in Alertmanager: the message is made as if nothing had ended."""
    facts = {
        "alerts": [fact("eu", "firing"), fact("eu", "firing"), fact("us", "resolved")],
        "common_labels": {"alertname": "X"},
        "common_annotations": {},
        "firing": 2,
        "resolved": 1,
        "unheard": [fact("ap", "resolved")],
        "note": "as it was",
    }
    left = without_ends(facts)
    assert [alert["labels"]["region"] for alert in left["alerts"]] == ["eu", "eu"]
    assert left["common_labels"] == {"alertname": "X", "region": "eu"}
    assert left["common_annotations"] == {"summary": "eu"}
    assert (left["firing"], left["resolved"], left["unheard"]) == (2, 0, [])
    assert left["note"] == "as it was"
    assert len(facts["alerts"]) == 3


def test_what_has_ended_as_a_whole_stays_as_it_is() -> None:
    """Fired and over before it could be told: better so than as a message of nothing."""
    over = {"alerts": [fact("eu", "resolved")], "resolved": 1}
    assert without_ends(over) == over
    assert without_ends({}) == {}

"""The alerts as a table of what differs: what all share is said once."""

from typing import Any

from gateway.render.samples import MANY, NOW, group
from gateway.render.view.table import MAX_ROWS, table_of


def table(facts: dict[str, Any]) -> Any:
    """The table of these facts."""
    return table_of(facts, facts["alerts"])


def test_columns_are_the_labels_that_differ() -> None:
    """A row holds the labels that an alert does not share."""
    rendered = table(group(3))
    assert rendered.columns == ("instance", "detector")
    assert rendered.rows[1].cells == ("billing-2.example.com:9100", "webhook_replay")
    assert rendered.rows[1].text == "instance billing-2.example.com:9100, detector webhook_replay"


def test_without_the_common_labels_they_are_found() -> None:
    """Facts of an older release may lack them."""
    assert table(group(3) | {"common_labels": {}}).columns == ("instance", "detector")


def test_a_label_that_some_lack_is_a_column() -> None:
    """The cell of an alert without it is empty, and left out of its line."""
    facts = group(2) | {"common_labels": None}
    facts["alerts"][0]["labels"] = facts["alerts"][0]["labels"] | {"pool": "main"}
    rendered = table(facts)
    assert "pool" in rendered.columns
    assert "pool main" in rendered.rows[0].text
    assert "pool" not in rendered.rows[1].text


def test_one_alert_needs_no_columns() -> None:
    """All its labels are common labels."""
    assert table(group(1)).columns == ()


def test_more_alerts_than_fit_are_counted() -> None:
    """Cut, but never in silence; what the facts themselves cut counts as well."""
    rendered = table(group(50) | {"more": 12})
    assert len(rendered.rows) == MAX_ROWS
    assert rendered.total == 62
    assert rendered.beyond(MAX_ROWS) == 62 - MAX_ROWS
    assert rendered.beyond(10) == 52
    assert table(group(MANY)).beyond(MAX_ROWS) == 0


def test_summaries_are_shown_when_they_differ() -> None:
    """A shared summary is above the table; different ones are in their rows."""
    assert table(group(3)).rows[0].summary == ""
    assert "detected by webhook_replay" in table(group(3, own_summaries=True)).rows[1].summary


def test_starts_differ_from_a_minute_on() -> None:
    """Starts that differ by seconds are not shown."""
    facts = group(2)
    for alert, start in zip(facts["alerts"], (NOW, NOW + 59), strict=True):
        alert["starts_at"] = start
    assert not table(facts).starts_differ
    facts["alerts"][1]["starts_at"] = NOW + 60
    assert table(facts).starts_differ

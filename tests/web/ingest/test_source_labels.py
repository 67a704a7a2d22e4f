"""Labels that a source adds, and the label of tests."""

from typing import Any

import pytest

from gateway.core.plan.accounts import SourceSettings
from tests.web.conftest import Client
from tests.web.world import FakeEngine


async def stored(client: Client, engine: FakeEngine, sent: Any, **settings: Any) -> Any:
    """Return the labels that are stored of an alert, posted both ways and in pieces."""
    stored_labels = []
    for name in ("alertmanager", "prometheus"):
        engine.sources[name] = SourceSettings(name, name, **settings)
        for filler in ("", "x" * 70_000):
            alerts = [{"labels": sent, "annotations": {"filler": filler}}]
            body: Any = {"alerts": alerts} if name == "alertmanager" else alerts
            assert (await client.post(f"/webhook/{name}", json=body)).status == 200
            stored_labels.append(engine.alerts[-1].labels)
    assert all(one == stored_labels[0] for one in stored_labels)
    return stored_labels[0]


async def test_source_adds_labels_that_are_missing(client: Client, engine: FakeEngine) -> None:
    """A label of the source is given to alerts without it, and never replaces one of theirs."""
    added = {"team": "billing", "severity": "warning"}
    labels = await stored(client, engine, {"alertname": "A", "severity": "critical"}, labels=added)
    assert labels == {"alertname": "A", "severity": "critical", "team": "billing"}


async def test_test_label_counts_only_where_it_is_allowed(
    client: Client, engine: FakeEngine
) -> None:
    """Elsewhere it is renamed, so that no sender can hide a page from the numbers."""
    sent = {"alertname": "A", "test": "true"}
    assert await stored(client, engine, sent, allow_test=True) == sent
    assert await stored(client, engine, sent) == {"alertname": "A", "exported_test": "true"}


@pytest.mark.parametrize("value", ["false", "True", "yes"])
async def test_other_value_of_the_test_label_is_kept(
    client: Client, engine: FakeEngine, value: str
) -> None:
    """Only test="true" marks a test; any other value is an ordinary label."""
    sent = {"alertname": "A", "test": value}
    assert await stored(client, engine, sent) == sent


async def test_source_that_declares_its_alerts_to_be_tests_is_believed(
    client: Client, engine: FakeEngine
) -> None:
    """The label test among the labels of the source itself is kept: an admin wrote it."""
    assert await stored(client, engine, {"alertname": "A"}, labels={"test": "true"}) == {
        "alertname": "A",
        "test": "true",
    }


async def test_repost_of_a_source_with_labels_is_not_taken_for_another(
    client: Client, engine: FakeEngine
) -> None:
    """The same bytes from a source that adds labels are another alert, and are stored as such."""
    engine.sources["labelled"] = SourceSettings(
        "labelled", "prometheus", labels={"team": "billing"}
    )
    body = [
        {
            "labels": {"alertname": "A"},
            "startsAt": "2026-11-21T00:59:00Z",
            "endsAt": "2026-11-21T01:04:00Z",
        }
    ]
    for name in ("prometheus", "labelled", "labelled"):
        await client.post(f"/webhook/{name}", json=body)
    assert [dict(alert.labels) for alert in engine.alerts] == [
        {"alertname": "A"},
        {"alertname": "A", "team": "billing"},
        {"alertname": "A", "team": "billing"},
    ]

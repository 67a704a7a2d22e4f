"""The incidents that go on, counted for the metrics."""

from gateway.core.incident import State
from gateway.store import Store, incidents, reading
from tests.store.builders import incident


async def test_what_goes_on_is_counted_with_its_age_since_it_was_told(store: Store) -> None:
    """An incident that nobody was told of (muted, inhibited) does not count as unanswered."""
    await store.write(
        lambda tx: incidents.create(
            tx,
            [
                incident("A", severity="critical", rank=1, opened_at=50.0),
                incident("B", severity="critical", opened_at=10.0),
                incident("C", severity="critical", rank=1, state=State.ACKNOWLEDGED),
                incident("D", severity="info", state=State.RESOLVED),
                incident("E", severity="warning"),
            ],
        )
    )
    found = {row[:2]: row[2:] for row in await store.read(reading.standing)}
    assert found["critical", "firing"] == (2, 50.0)
    assert found["critical", "acknowledged"][0] == 1
    assert found["warning", "firing"] == (1, None)
    assert ("info", "resolved") not in found

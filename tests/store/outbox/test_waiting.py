"""Unfinished notices are counted by channel."""

from gateway.store import Store, outbox
from tests.store.builders import (
    SLACK_CHANNEL,
    added,
    claimed,
    failed,
    opened,
    row,
)


async def test_depth_counts_unfinished_and_dead_notices(store: Store) -> None:
    """E40: how many notices wait and since when, and how many are dead, by channel."""
    one, other = await opened(store, "A", "B")
    await added(store, row(one), row(other), now=50.0)
    await added(store, row(one, SLACK_CHANNEL), now=60.0)
    gone, _ = await claimed(store)
    await store.write(lambda tx: outbox.record_attempts(tx, [failed(gone, again=None)]))
    assert await store.read(outbox.depth) == [
        ("email", "dead", 1, 50.0),
        ("email", "sending", 1, 50.0),
        ("slack", "pending", 1, 60.0),
    ]

"""Stored feeds: generations and revisions do not disturb each other."""

from gateway.store import Store
from gateway.store.state import feeds
from gateway.store.state.feeds import Revision, StoredFeed

REVISIONS = {"one@on-call": Revision(2, 100, "0123"), "two@on-call": Revision(0, 50, "")}


async def test_feed_without_a_row_was_never_read_or_revoked(store: Store) -> None:
    """Its URL has generation 0."""
    assert await store.read(lambda tx: feeds.get(tx, "rota:billing")) == StoredFeed()
    assert await store.read(feeds.read_all) == {}


async def test_revoking_raises_the_generation_and_keeps_revisions(store: Store) -> None:
    """Programs that subscribe again see the same numbers of events."""
    await store.write(lambda tx: feeds.save_revisions(tx, "rota:billing", REVISIONS))
    first = await store.write(lambda tx: feeds.revoke(tx, "rota:billing", 200.0, "ana"))
    assert first == StoredFeed(1, 200.0, "ana", REVISIONS)
    second = await store.write(lambda tx: feeds.revoke(tx, "rota:billing", 300.0, "ben"))
    assert second == StoredFeed(2, 300.0, "ben", REVISIONS)
    assert await store.read(feeds.read_all) == {"rota:billing": StoredFeed(2, 300.0, "ben")}


async def test_revisions_keep_the_generation(store: Store) -> None:
    """Reading a feed never makes a revoked URL valid again."""
    await store.write(lambda tx: feeds.revoke(tx, "person:ana", 200.0, "ana"))
    await store.write(lambda tx: feeds.save_revisions(tx, "person:ana", REVISIONS))
    stored = await store.read(lambda tx: feeds.get(tx, "person:ana"))
    assert stored == StoredFeed(1, 200.0, "ana", REVISIONS)

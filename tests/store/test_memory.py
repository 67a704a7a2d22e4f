"""The store in memory, for virtual time."""

from collections.abc import AsyncIterator

import pytest

from gateway.store import StoreUnavailableError, Tx
from gateway.store.db.clocks import Clocks
from gateway.store.memory import MemoryStore
from gateway.store.state import counters


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    """An open store at a fixed time."""
    store = MemoryStore(Clocks(lambda: 1000.0, lambda: 5.0))
    await store.start()
    yield store
    await store.close()


async def test_work_that_fails_is_undone(store: MemoryStore) -> None:
    """Its exception is raised, and nothing of it stays."""

    def fail(tx: Tx) -> None:
        counters.save(tx, "broken", 1)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        await store.write(fail)
    assert await store.read(lambda tx: counters.find(tx, "broken")) is None


async def test_failed_savepoint_keeps_what_came_before(store: MemoryStore) -> None:
    """As on the real databases."""

    def fail(tx: Tx) -> None:
        counters.save(tx, "inner", 1)
        raise KeyError("inner")

    def work(tx: Tx) -> None:
        counters.save(tx, "outer", 1)
        with pytest.raises(KeyError):
            tx.in_savepoint(fail)

    await store.write(work)
    matches = await store.read(lambda tx: [counters.find(tx, name) for name in ("outer", "inner")])
    assert matches == [1, None]


async def test_transactions_begin_at_the_virtual_time(store: MemoryStore) -> None:
    """Leases go by it, too."""
    times = await store.write(lambda tx: (tx.lease_now, tx.started_at))
    assert times == (1000.0, 5.0)


async def test_each_start_is_empty(store: MemoryStore) -> None:
    """Two stories never see each other's incidents."""
    await store.write(lambda tx: counters.save(tx, "left", 1))
    await store.close()
    with pytest.raises(StoreUnavailableError):
        await store.read(lambda tx: counters.find(tx, "left"))
    await store.start()
    assert await store.read(lambda tx: counters.find(tx, "left")) is None
    assert await store.table_names() == []

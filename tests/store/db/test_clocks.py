"""Leases follow the database's clock, and a replica's own is compared with it (E55)."""

from contextlib import suppress

import pytest

from gateway import clock
from gateway.store import Store, StoreUnavailableError, Tx, outbox
from gateway.store.db.clocks import Clocks
from tests.store.builders import added, opened, row


class ReplicaClock:
    """A replica's clock that can be set."""

    def __init__(self, wrong: float = 0.0) -> None:
        self.wrong = wrong
        self.following = clock.FollowingClock(lambda: clock.now() + self.wrong)

    @property
    def clocks(self) -> Clocks:
        return Clocks(now=self.following.now, compare=self.following.compare)


async def test_lease_ends_by_the_databases_clock(migrated_postgres_url: str) -> None:
    """E55: replicas with clocks 90 s apart do not take over each other's claims."""
    early, late = ReplicaClock(-90.0), ReplicaClock(90.0)
    stores = [Store(migrated_postgres_url, clocks=one.clocks) for one in (early, late)]
    for store in stores:
        await store.start()
    (number,) = await opened(stores[0], "A")
    await added(stores[0], row(number))

    def claim(owner: str, now: float) -> list[int]:
        def work(tx: Tx) -> list[int]:
            until = tx.lease_now + 60.0
            lease = outbox.Lease(owner, until)
            result = outbox.claim(tx, "email", now, 9, lease, lease_now=tx.lease_now)
            return [notice.id for notice in result]

        return work  # type: ignore[return-value]

    now = clock.now()
    assert len(await stores[0].write(claim("early", now - 90.0))) == 1  # type: ignore[arg-type]
    assert await stores[1].write(claim("late", now + 90.0)) == []  # type: ignore[arg-type]
    for store in stores:
        await store.close()


async def test_skew_is_measured_at_the_start(migrated_postgres_url: str) -> None:
    """E55: a replica with a wrong clock starts, measures the skew and writes right times."""
    replica = ReplicaClock(90.0)
    store = Store(migrated_postgres_url, clocks=replica.clocks)
    await store.start()
    assert 80.0 < replica.following.skew <= 90.0
    assert replica.following.now() - clock.now() < 30.0
    assert await store.write(lambda tx: tx.skew) > 60.0
    await store.close()


async def test_clock_that_steps_fails_the_work_prepared_with_it(
    migrated_postgres_url: str,
) -> None:
    """E55: nothing is stored with a wrong time; the next attempt has the right one."""
    replica = ReplicaClock()
    store = Store(migrated_postgres_url, clocks=replica.clocks)
    await store.start()
    replica.wrong = 3600.0
    with pytest.raises(StoreUnavailableError, match="s wrong"):
        await store.write(lambda tx: None)
    assert await store.write(lambda tx: tx.skew) > 3000.0
    replica.wrong = 0.0
    with suppress(StoreUnavailableError):
        await store.write(lambda tx: None)
    assert await store.write(lambda tx: tx.skew) == pytest.approx(0.0, abs=2.0)
    await store.close()

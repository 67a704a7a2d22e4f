"""Stored episodes: found by alert and time, and deleted past their retention."""

from gateway.core.alerts.episode import Episode, EpisodeState
from gateway.store import Store
from gateway.store.state import alerts, episodes, retention
from tests.store.builders import alert

DISK, CERT = alert("DiskFull", starts_at=900.0), alert("CertExpires", starts_at=900.0)


def episode(identity: str, starts_at: float, ends_at: float) -> Episode:
    return Episode(identity, starts_at, ends_at, EpisodeState.RESOLVED, "critical", "test")


async def filled(store: Store) -> list[Episode]:
    """Store two alerts and three episodes of them; return the episodes."""
    rows = [
        episode(DISK.identity, 100.0, 200.0),
        episode(DISK.identity, 300.0, 400.0),
        episode(CERT.identity, 350.0, 500.0),
    ]
    await store.write(lambda tx: alerts.save(tx, [DISK, CERT], [False, False]))
    await store.write(lambda tx: episodes.add(tx, rows))
    return rows


async def test_episodes_that_touch_a_span_are_read_latest_first(store: Store) -> None:
    """One that ended where the span begins, or begins where it ends, is out."""
    first, second, third = await filled(store)
    both = [DISK.identity, CERT.identity]

    async def read(start: float, end: float, limit: int = 10) -> list[Episode]:
        return await store.read(lambda tx: episodes.of_alerts(tx, both, start, end, limit))

    assert await read(0.0, 1000.0) == [third, second, first]
    assert await read(200.0, 350.0) == [second]
    assert await read(0.0, 1000.0, 1) == [third]
    count = await store.read(lambda tx: episodes.count(tx, both, 0.0, 1000.0))
    assert count == 3


async def test_last_episode_before_an_instant_is_found_by_alert(store: Store) -> None:
    """What an alert was at an instant, also when it has fired twice since."""
    first, second, third = await filled(store)
    both = [DISK.identity, CERT.identity]
    at_250 = await store.read(lambda tx: episodes.last_before(tx, both, 250.0))
    assert at_250 == {DISK.identity: first}
    at_600 = await store.read(lambda tx: episodes.last_before(tx, both, 600.0))
    assert at_600 == {DISK.identity: second, CERT.identity: third}


async def test_episode_recorded_twice_is_stored_once(store: Store) -> None:
    """A start identifies an episode of an alert; the later record counts."""
    await filled(store)
    longer = episode(DISK.identity, 300.0, 450.0)
    await store.write(lambda tx: episodes.add(tx, [longer]))
    rows = await store.read(lambda tx: episodes.of_alerts(tx, [DISK.identity], 250.0, 999.0, 9))
    assert rows == [longer]


async def test_old_episodes_are_deleted_in_steps(store: Store) -> None:
    """Retention deletes what ended before, a few at a time, and nothing else."""
    *_, third = await filled(store)
    steps = [await store.write(lambda tx: retention.prune(tx, 450.0, 1)) for _ in range(3)]
    assert steps == [1, 1, 0]
    both = [DISK.identity, CERT.identity]
    assert await store.read(lambda tx: episodes.of_alerts(tx, both, 0.0, 999.0, 9)) == [third]

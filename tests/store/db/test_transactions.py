"""Work is done completely or not at all, one after the other, and is durable when it returns."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store import Store, StoreUnavailableError, Tx
from gateway.store.state import incidents, timeline
from tests.store.builders import incident, opened, writer_held


class RefusedError(Exception):
    """What a piece of work may raise."""


def line(text: str) -> Callable[[Tx], None]:
    return lambda tx: timeline.add(tx, [(1, TimelineEntry(1.0, TimelineKind.NOTIFIED, text, {}))])


def failing(text: str) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        line(text)(tx)
        raise RefusedError(text)

    return work


async def lines(store: Store) -> list[str]:
    return [entry.text for entry in await store.read(lambda tx: timeline.entries(tx, 1))]


async def test_work_that_raises_is_undone(store: Store) -> None:
    """Incident, notices and timeline are written together or not at all."""
    await store.write(line("kept"))
    with pytest.raises(RefusedError, match="gone"):
        await store.write(failing("gone"))
    assert await lines(store) == ["kept"]
    assert store.problem is None


async def test_failed_work_does_not_affect_the_rest_of_its_transaction(store: Store) -> None:
    """A failed decision costs the others nothing, although they share a transaction."""
    works = [line("a"), failing("b"), line("c"), failing("d"), line("e")]
    async with writer_held(store):
        rest = asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)
        await asyncio.sleep(0)
        assert store.backlog == 5
    results = await rest
    assert [type(result) for result in results] == [
        type(None),
        RefusedError,
        type(None),
        RefusedError,
        type(None),
    ]
    assert await lines(store) == ["a", "c", "e"]


async def test_broken_constraint_is_not_a_failure_of_the_database(store: Store) -> None:
    """A broken constraint is raised as it is, and the next work succeeds."""
    await opened(store, "A")
    async with writer_held(store):
        twice = asyncio.gather(
            store.write(lambda tx: incidents.create(tx, [incident("A")])),
            store.write(lambda tx: incidents.create(tx, [incident("B")])),
            return_exceptions=True,
        )
    broken, fine = await twice
    assert isinstance(broken, sqlite3.IntegrityError | psycopg.errors.UniqueViolation)
    assert [one.number for one in fine] == [1002]  # type: ignore[union-attr]


async def test_each_write_sees_the_one_before(store: Store) -> None:
    """A decision can read and then write: nothing that it read changes meanwhile."""

    def count_up(tx: Tx) -> None:
        line(str(len(timeline.entries(tx, 1))))(tx)

    await asyncio.gather(*(store.write(count_up) for _ in range(50)))
    assert await lines(store) == [str(number) for number in range(50)]


async def test_replicas_take_turns(store: Store, database_url: str) -> None:
    """Promise 11: two gateways on one database decide one after the other."""
    other = Store(database_url)
    await other.start()
    try:

        def count_up(tx: Tx) -> None:
            line(str(len(timeline.entries(tx, 1))))(tx)

        await asyncio.gather(
            *(replica.write(count_up) for _ in range(20) for replica in (store, other))
        )
        assert await lines(store) == [str(number) for number in range(40)]
    finally:
        await other.close()


async def test_replica_that_waited_sees_what_others_stored(migrated_postgres_url: str) -> None:
    """Promise 11: this holds even if an admin made snapshots the default of transactions."""
    name = str(conninfo_to_dict(migrated_postgres_url)["dbname"])
    with psycopg.connect(migrated_postgres_url, autocommit=True) as admin:
        changed = "ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'"
        admin.execute(sql.SQL(changed).format(sql.Identifier(name)))
    replicas = [Store(migrated_postgres_url), Store(migrated_postgres_url)]
    for replica in replicas:
        await replica.start()
    try:

        def count_up(tx: Tx) -> None:
            line(str(len(timeline.entries(tx, 1))))(tx)

        await asyncio.gather(*(one.write(count_up) for _ in range(20) for one in replicas))
        assert await lines(replicas[0]) == [str(number) for number in range(40)]
    finally:
        for replica in replicas:
            await replica.close()


async def test_read_sees_one_snapshot_and_cannot_write(store: Store) -> None:
    """A page of a list does not show half of a decision; a reader that writes is refused."""
    began, written = threading.Event(), threading.Event()

    def work(tx: Tx) -> tuple[int, int]:
        before = len(timeline.entries(tx, 1))
        began.set()
        written.wait(30)
        return before, len(timeline.entries(tx, 1))

    reading = asyncio.gather(store.read(work))
    await asyncio.to_thread(began.wait, 30)
    await store.write(line("meanwhile"))
    written.set()
    assert await reading == [(0, 0)]
    with pytest.raises((StoreUnavailableError, sqlite3.OperationalError, psycopg.Error)):
        await store.read(line("never"))
    assert await lines(store) == ["meanwhile"]


async def test_work_cancelled_while_waiting_is_not_done(store: Store) -> None:
    """Work is skipped if its caller is cancelled before it begins."""
    async with writer_held(store):
        given_up = asyncio.get_running_loop().create_task(store.write(line("given up")))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait([given_up])
    assert await lines(store) == []


async def test_closing_finishes_waiting_work_and_refuses_new_work(store: Store) -> None:
    """A graceful stop loses no work that was submitted; later callers get an error."""
    last = asyncio.gather(*(store.write(line(str(number))) for number in range(5)))
    await asyncio.sleep(0)
    await store.close()
    await last
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.write(line("too late"))
    await store.close()  # once more does no harm

"""The store recovers after a lost database, and callers get an error meanwhile."""

import asyncio
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest

from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store import Store, StoreUnavailableError, Tx
from gateway.store.db.postgres import WRITER_LOCK
from gateway.store.state import timeline
from tests.store.builders import writer_held


def line(text: str) -> Callable[[Tx], None]:
    return lambda tx: timeline.add(tx, [(1, TimelineEntry(1.0, TimelineKind.NOTIFIED, text, {}))])


async def lines(store: Store) -> list[str]:
    return [entry.text for entry in await store.read(lambda tx: timeline.entries(tx, 1))]


@pytest.fixture
async def on_file(sqlite_path: Path) -> AsyncIterator[Store]:
    """Yield a store on an SQLite file with a short lock timeout."""
    store = Store(f"sqlite:///{sqlite_path}", busy_timeout=0.05, readers=1)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
async def on_server(migrated_postgres_url: str) -> AsyncIterator[Store]:
    """Yield a store on PostgreSQL with short timeouts for locks and statements."""
    store = Store(migrated_postgres_url, lock_timeout=0.05, statement_timeout=0.5, readers=1)
    await store.start()
    yield store
    await store.close()


async def test_full_disk_refuses_work_and_later_work_is_saved(on_file: Store) -> None:
    """E2: work that cannot be saved is refused as a whole, and later work is saved."""
    await on_file.write(line("before"))

    def fill(tx: Tx) -> None:
        pages = tx._session.rows("PRAGMA page_count", ())[0][0]
        tx._session.rows(f"PRAGMA max_page_count = {pages + 2}", ())
        for _ in range(50):
            line("x" * 1000)(tx)

    with pytest.raises(StoreUnavailableError, match="full"):
        await on_file.write(fill)
    assert on_file.problem is not None
    assert "full" in on_file.problem
    assert await lines(on_file) == ["before"]
    await on_file.write(line("after"))
    assert on_file.problem is None
    assert await lines(on_file) == ["before", "after"]


async def test_full_disk_refuses_all_work_of_the_transaction(on_file: Store) -> None:
    """No caller gets a success when the transaction of its work is lost."""

    def fill(tx: Tx) -> None:
        tx._session.rows("PRAGMA max_page_count = 1", ())
        for _ in range(50):
            line("x" * 1000)(tx)

    works = [line("a"), fill, line("b")]
    async with writer_held(on_file):
        rest = asyncio.gather(*(on_file.write(work) for work in works), return_exceptions=True)
    results = await rest
    assert [type(result) for result in results] == [StoreUnavailableError] * 3
    assert await lines(on_file) == []


async def test_missing_file_is_an_error(on_file: Store, sqlite_path: Path) -> None:
    """Promise 1: SQLite would go on writing into an unlinked file, and all of it would be lost."""
    await on_file.write(line("before"))
    folder, away = sqlite_path.parent, sqlite_path.parent.with_name("away")
    epoch = on_file.epoch
    folder.rename(away)
    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            await on_file.write(line("lost"))
    with pytest.raises(StoreUnavailableError):
        await on_file.read(lambda tx: timeline.entries(tx, 1))
    folder.mkdir()
    with pytest.raises(StoreUnavailableError):  # and no empty database is created
        await on_file.write(line("lost"))
    folder.rmdir()
    away.rename(folder)
    await on_file.write(line("after"))
    assert await lines(on_file) == ["before", "after"]
    assert on_file.epoch > epoch


async def test_replaced_file_is_opened_again(
    on_file: Store, sqlite_path: Path, migrated_file: Path
) -> None:
    """A restored backup is used from then on; a new `epoch` says that caches are invalid."""
    await on_file.write(line("before"))
    assert await lines(on_file) == ["before"]
    epoch = on_file.epoch
    for name in ("gateway.db-wal", "gateway.db-shm", "gateway.db"):
        os.unlink(sqlite_path.parent / name)
    shutil.copy(migrated_file, sqlite_path)
    with pytest.raises(StoreUnavailableError, match="replaced"):
        await on_file.write(line("lost"))
    with pytest.raises(StoreUnavailableError, match="replaced"):
        await lines(on_file)
    await on_file.write(line("after"))
    assert await lines(on_file) == ["after"]
    assert on_file.epoch == epoch + 1


@pytest.mark.parametrize("lost", [["-wal"], ["-shm"], ["-wal", "-shm"]], ids=str)
async def test_removed_write_ahead_log_loses_nothing(
    on_file: Store, sqlite_path: Path, lost: list[str]
) -> None:
    """Promise 1: a removed log is copied into the database before the next answer."""
    await on_file.write(line("before"))
    assert await lines(on_file) == ["before"]
    epoch = on_file.epoch
    for end in lost:
        os.unlink(f"{sqlite_path}{end}")
    with pytest.raises(StoreUnavailableError, match="replaced or cut while in use; all of it"):
        await on_file.write(line("refused"))
    assert stored(sqlite_path) == ["before"]
    await on_file.write(line("after"))
    assert await lines(on_file) == ["before", "after"]
    assert stored(sqlite_path) == ["before", "after"]
    assert on_file.epoch == epoch + 1


async def test_log_removed_in_a_transaction_loses_nothing(
    on_file: Store, sqlite_path: Path
) -> None:
    """Promise 1: a commit into a lost log is in the database before the answer."""

    def work(tx: Tx) -> None:
        line("committed")(tx)
        os.unlink(f"{sqlite_path}-wal")

    assert await lines(on_file) == []
    await on_file.write(work)
    assert stored(sqlite_path) == ["committed"]
    with pytest.raises(StoreUnavailableError):
        await on_file.write(line("refused"))
    await on_file.write(line("after"))
    assert await lines(on_file) == ["committed", "after"]


async def test_log_replaced_by_another_is_not_read(on_file: Store, sqlite_path: Path) -> None:
    """Promise 1: a log from a backup, put over the one in use, is not replayed."""
    await on_file.write(line("before"))
    old = shutil.copy(f"{sqlite_path}-wal", f"{sqlite_path}-old")
    await on_file.write(line("since"))
    os.replace(old, f"{sqlite_path}-wal")
    with pytest.raises(StoreUnavailableError, match="replaced"):
        await on_file.write(line("refused"))
    await on_file.write(line("after"))
    assert await lines(on_file) == ["before", "since", "after"]


@pytest.mark.parametrize("share", [0, 0.5], ids=["all of it", "its second half"])
async def test_truncated_log_loses_no_later_commit(
    on_file: Store, sqlite_path: Path, share: float
) -> None:
    """Promise 1: no commit goes behind the gap of a truncated log, and the loss is an error."""
    await on_file.write(line("before"))
    os.truncate(f"{sqlite_path}-wal", int(os.stat(f"{sqlite_path}-wal").st_size * share))
    with pytest.raises(StoreUnavailableError, match="could not be saved"):
        await on_file.write(line("refused"))
    await on_file.write(line("after"))
    assert (await lines(on_file))[-1:] == ["after"]
    assert stored(sqlite_path)[-1:] == ["after"]
    assert await on_file.is_damaged("rejects") is False


async def test_log_that_cannot_be_saved_is_an_error(on_file: Store, sqlite_path: Path) -> None:
    """Promise 1: if another program blocks the rescue of a log, the write fails and says so."""
    await on_file.write(line("before"))
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM timeline").fetchall()
    await on_file.write(line("behind a reader"))
    os.unlink(f"{sqlite_path}-wal")
    with pytest.raises(StoreUnavailableError, match="could not be saved"):
        await on_file.write(line("refused"))
    other.close()


def stored(path: Path) -> list[str]:
    """Return the lines that a crash now would leave, read from a copy of the files."""
    copy = Path(shutil.copy(path, path.with_name("copy.db")))
    for end in ("-wal", "-shm"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
    if Path(f"{path}-wal").exists():
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    connection = sqlite3.connect(copy)
    try:
        return [text for (text,) in connection.execute("SELECT text FROM timeline ORDER BY id")]
    finally:
        connection.close()


async def test_locked_file_is_unavailable_until_unlocked(on_file: Store, sqlite_path: Path) -> None:
    """Another program that locks the file makes the store unavailable until it is done."""
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked"):
        await on_file.write(line("lost"))
    other.execute("ROLLBACK")
    other.close()
    await on_file.write(line("after"))
    assert await lines(on_file) == ["after"]


async def test_connections_ended_by_the_server_are_opened_again(
    on_server: Store, migrated_postgres_url: str
) -> None:
    """A restarted server costs only the work that was under way."""
    await on_server.write(line("before"))
    await lines(on_server)
    with psycopg.connect(migrated_postgres_url, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'alert-gateway' AND datname = current_database()"
        ).fetchall()
    assert len(ended) == 2
    with pytest.raises(StoreUnavailableError):
        await on_server.write(line("lost"))
    with pytest.raises(StoreUnavailableError):
        await lines(on_server)
    await on_server.write(line("after"))
    assert await lines(on_server) == ["before", "after"]
    assert on_server.epoch == 2


async def test_connection_lost_in_a_transaction_saves_nothing_of_it(
    on_server: Store, migrated_postgres_url: str
) -> None:
    """Part of the work is never stored, and its caller gets an error."""

    def work(tx: Tx) -> None:
        line("half")(tx)
        with psycopg.connect(migrated_postgres_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'alert-gateway' AND state = 'idle in transaction'"
                " AND datname = current_database()"
            )

    with pytest.raises(StoreUnavailableError):
        await on_server.write(work)
    assert await lines(on_server) == []


async def test_lock_held_by_another_replica_times_out(
    on_server: Store, migrated_postgres_url: str
) -> None:
    """Promise 11: waiting for another replica ends with an error that names it."""
    with psycopg.connect(migrated_postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
        with pytest.raises(StoreUnavailableError, match="another gateway"):
            await on_server.write(line("lost"))
    await on_server.write(line("after"))
    assert await lines(on_server) == ["after"]


async def test_replica_that_hangs_loses_its_transaction(on_server: Store) -> None:
    """Promise 11: the server ends a client that hangs in a transaction."""
    gone = threading.Event()

    def hangs(tx: Tx) -> None:
        line("hung")(tx)
        ended = tx._session._connection  # type: ignore[attr-defined]
        with socket.socket(fileno=socket.dup(ended.fileno())) as wire:
            wire.settimeout(30)
            assert wire.recv(1, socket.MSG_PEEK)  # the server's farewell
        gone.set()

    with pytest.raises(StoreUnavailableError):
        await on_server.write(hangs)
    assert gone.is_set()
    await on_server.write(line("after"))
    assert await lines(on_server) == ["after"]


async def test_endless_statement_is_ended(on_server: Store) -> None:
    """One endless query does not block all others."""

    def endless(tx: Tx) -> None:
        tx._session.rows("SELECT pg_sleep(60)", ())

    with pytest.raises(StoreUnavailableError, match="took too long"):
        await on_server.write(endless)
    await on_server.write(line("after"))


async def test_standby_is_an_error(on_server: Store) -> None:
    """After a failover to a standby no work counts as saved."""

    def refused(tx: Tx) -> None:
        tx._session.rows("SELECT set_config('transaction_read_only', 'on', true)", ())
        line("lost")(tx)

    with pytest.raises(StoreUnavailableError, match="read-only"):
        await on_server.write(refused)


async def test_swallowed_error_is_not_a_commit(on_server: Store) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK and no error after a failed statement."""

    def swallows(tx: Tx) -> None:
        line("lost")(tx)
        try:
            tx._session.rows("SELECT 1 / 0", ())
        except psycopg.errors.DivisionByZero:
            return

    with pytest.raises(StoreUnavailableError, match="rolled"):
        await on_server.write(swallows)
    assert await lines(on_server) == []

"""The database goes away and comes back: callers hear of it, and the store recovers by itself."""

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
    """A store on an SQLite file, impatient with locks."""
    store = Store(f"sqlite:///{sqlite_path}", busy_timeout=0.05, readers=1)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
async def on_server(migrated_postgres_url: str) -> AsyncIterator[Store]:
    """A store on PostgreSQL, impatient with locks and long statements."""
    store = Store(migrated_postgres_url, lock_timeout=0.05, statement_timeout=0.5, readers=1)
    await store.start()
    yield store
    await store.close()


async def test_a_full_disk(on_file: Store) -> None:
    """E2: what cannot be saved is refused, nothing of it stays, and later work is saved."""
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


async def test_a_full_disk_refuses_all_that_shared_the_transaction(on_file: Store) -> None:
    """Nobody is told that their work is safe when the transaction it was in is lost."""

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


async def test_a_file_that_vanished_is_noticed(on_file: Store, sqlite_path: Path) -> None:
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
    with pytest.raises(StoreUnavailableError):  # and no empty database takes its place
        await on_file.write(line("lost"))
    folder.rmdir()
    away.rename(folder)
    await on_file.write(line("after"))
    assert await lines(on_file) == ["before", "after"]
    assert on_file.epoch > epoch


async def test_a_file_that_was_replaced_is_opened_anew(
    on_file: Store, sqlite_path: Path, migrated_file: Path
) -> None:
    """A restored backup is what counts from then on; `epoch` says that memories are void."""
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
async def test_write_ahead_log_that_was_removed_loses_nothing(
    on_file: Store, sqlite_path: Path, lost: list[str]
) -> None:
    """Promise 1: commits into an unlinked log would be gone at the next crash: they are saved
    into the database before anything else is answered, and the files are opened anew."""
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
    """Promise 1: what is committed into the lost log is in the database before the answer."""

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
    """Promise 1: a log from a backup, put in place of the one in use, must not be replayed."""
    await on_file.write(line("before"))
    old = shutil.copy(f"{sqlite_path}-wal", f"{sqlite_path}-old")
    await on_file.write(line("since"))
    os.replace(old, f"{sqlite_path}-wal")
    with pytest.raises(StoreUnavailableError, match="replaced"):
        await on_file.write(line("refused"))
    await on_file.write(line("after"))
    assert await lines(on_file) == ["before", "since", "after"]


@pytest.mark.parametrize("kept", [0, 0.5], ids=["all of it", "its second half"])
async def test_log_cut_short_loses_nothing_that_is_written_afterwards(
    on_file: Store, sqlite_path: Path, kept: float
) -> None:
    """Promise 1: after somebody emptied the log to make room, no commit goes behind the gap,
    where the next start would not find it; the loss is said."""
    await on_file.write(line("before"))
    os.truncate(f"{sqlite_path}-wal", int(os.stat(f"{sqlite_path}-wal").st_size * kept))
    with pytest.raises(StoreUnavailableError, match="could not be saved"):
        await on_file.write(line("refused"))
    await on_file.write(line("after"))
    assert (await lines(on_file))[-1:] == ["after"]
    assert stored(sqlite_path)[-1:] == ["after"]
    assert await on_file.is_damaged("rejects") is False


async def test_log_that_cannot_be_saved_is_said(on_file: Store, sqlite_path: Path) -> None:
    """Promise 1: with another program in the way it is no success, and says so."""
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
    """The lines that a crash now would leave: read from a copy of the files, not by SQLite here."""
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


async def test_a_locked_file(on_file: Store, sqlite_path: Path) -> None:
    """Another program that holds the file makes us unavailable, not broken."""
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked"):
        await on_file.write(line("lost"))
    other.execute("ROLLBACK")
    other.close()
    await on_file.write(line("after"))
    assert await lines(on_file) == ["after"]


async def test_the_server_ends_our_connections(
    on_server: Store, migrated_postgres_url: str
) -> None:
    """A restarted server, or an admin's pg_terminate_backend, costs the work that was under way."""
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


async def test_ended_in_the_middle_of_a_transaction(
    on_server: Store, migrated_postgres_url: str
) -> None:
    """Half of a piece of work is never seen, and its caller is told."""

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


async def test_a_replica_that_holds_the_lock(on_server: Store, migrated_postgres_url: str) -> None:
    """Promise 11: waiting for another replica ends, and is told as what it is."""
    with psycopg.connect(migrated_postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
        with pytest.raises(StoreUnavailableError, match="another gateway"):
            await on_server.write(line("lost"))
    await on_server.write(line("after"))
    assert await lines(on_server) == ["after"]


async def test_a_replica_that_hangs_loses_its_turn(on_server: Store) -> None:
    """Promise 11: who hangs in the middle of a transaction is ended by the server."""
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


async def test_a_statement_without_end(on_server: Store) -> None:
    """One query that never ends does not hold up all the others for ever."""

    def endless(tx: Tx) -> None:
        tx._session.rows("SELECT pg_sleep(60)", ())

    with pytest.raises(StoreUnavailableError, match="took too long"):
        await on_server.write(endless)
    await on_server.write(line("after"))


async def test_a_standby_is_read_only(on_server: Store) -> None:
    """After a failover to a standby nothing is answered as saved."""

    def refused(tx: Tx) -> None:
        tx._session.rows("SELECT set_config('transaction_read_only', 'on', true)", ())
        line("lost")(tx)

    with pytest.raises(StoreUnavailableError, match="read-only"):
        await on_server.write(refused)


async def test_a_swallowed_error_is_not_a_commit(on_server: Store) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK and no error when a statement had failed before."""

    def swallows(tx: Tx) -> None:
        line("lost")(tx)
        try:
            tx._session.rows("SELECT 1 / 0", ())
        except psycopg.errors.DivisionByZero:
            return

    with pytest.raises(StoreUnavailableError, match="rolled"):
        await on_server.write(swallows)
    assert await lines(on_server) == []

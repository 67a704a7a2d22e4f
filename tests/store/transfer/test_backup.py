"""Backups are consistent, whole or absent, and restored to either database."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gateway.store import Store, StoreUnavailableError
from gateway.store.db.file_lock import exclusive_lock
from gateway.store.schema.version import HEAD, current_revision
from gateway.store.transfer.backup import Backup, back_up
from gateway.store.transfer.progress import TransferRefusedError
from gateway.store.transfer.restore import Restored, restore
from tests.conftest import BOTH
from tests.store.schema.test_compatibility import upgrade_to
from tests.store.transfer.filled import contents, files, fill, filled, rows_of

NOW = 1_795_147_200.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for backups."""
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture(params=BOTH)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database with rows in every table."""
    if request.param == "sqlite":
        return filled(f"sqlite:///{tmp_path}/source/gateway.db")
    return filled(str(request.getfixturevalue("postgres_url")))


def made_backup(url: str, file: Path, *, force: bool = False) -> Backup:
    return back_up(url, file, now=NOW, program="1.2.3", force=force)


def test_restored_backup_equals_its_source(source: str, folder: Path, tmp_path: Path) -> None:
    """All rows of all tables are in an SQLite database that was restored from a backup."""
    file = folder / "one.db"
    backup = made_backup(source, file)
    assert (backup.version, backup.unfinished) == (HEAD, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert files(folder) == {"one.db"}
    target = f"sqlite:///{tmp_path}/target/gateway.db"
    restored = restore(target, file)
    assert contents(target) == contents(source)
    assert set(rows_of(contents(target)).values()) == {3}
    header = restored.contents.header
    assert header is not None
    assert (header.created_at, header.program) == (NOW, "1.2.3")
    assert files(tmp_path / "target") == {"gateway.db"}


def test_backup_of_sqlite_is_restored_to_postgresql(
    postgres_url: str, folder: Path, tmp_path: Path
) -> None:
    """One format serves both databases, and the next row gets the next number."""
    source = filled(f"sqlite:///{tmp_path}/source/gateway.db")
    made_backup(source, folder / "one.db")
    restore(postgres_url, folder / "one.db")
    assert contents(postgres_url) == contents(source)
    with psycopg.connect(postgres_url) as connection:
        query = (
            "INSERT INTO attempts (notice, at, seconds, outcome, detail, perhaps)"
            " VALUES (1, 1, 1, '', '', false) RETURNING id"
        )
        assert connection.execute(query).fetchall() == [(4,)]


def test_backup_while_writing_holds_whole_transactions(folder: Path, tmp_path: Path) -> None:
    """Each transaction writes two tables; a backup has both rows of it, or neither.

    It has all that was committed before it began, also what is in the log beside the file only.
    """
    path = tmp_path / "source" / "gateway.db"
    source = filled(f"sqlite:///{path}", rows=0)
    stop, began = threading.Event(), threading.Event()
    committed = [0]

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("PRAGMA journal_mode = WAL")
            while not stop.is_set():
                number = committed[0] + 1
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("INSERT INTO facts (id, body) VALUES (?, ?)", (number, "x" * 3000))
                writer.execute(
                    "INSERT INTO rota_turns (rota, turns) VALUES (?, '')", (str(number),)
                )
                writer.execute("COMMIT")
                committed[0] = number
                began.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(20)
        for attempt in range(5):
            before = committed[0]
            made_backup(source, folder / f"{attempt}.db")
            target = f"sqlite:///{tmp_path}/target{attempt}/gateway.db"
            restore(target, folder / f"{attempt}.db")
            rows = rows_of(contents(target))
            assert rows["facts"] == rows["rota_turns"] >= before
    finally:
        stop.set()
        writer.join()


def test_existing_file_is_kept_without_force(source: str, folder: Path) -> None:
    """Without --force a backup replaces nothing, and with it all of the older one."""
    file = folder / "one.db"
    file.write_text("mine")
    with pytest.raises(TransferRefusedError, match="--force"):
        made_backup(source, file)
    assert file.read_text() == "mine"
    made_backup(source, file, force=True)
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_backup_onto_the_database_is_refused(tmp_path: Path) -> None:
    """Also with --force, the database itself is never replaced by its backup."""
    source = filled(f"sqlite:///{tmp_path}/source/gateway.db")
    with pytest.raises(TransferRefusedError, match="the database itself"):
        made_backup(source, tmp_path / "source" / ".." / "source" / "gateway.db", force=True)
    assert set(rows_of(contents(source)).values()) == {3}


def test_database_with_data_is_replaced_with_force_only(
    source: str, folder: Path, tmp_path: Path
) -> None:
    """Nothing changes without --force. With it, no row of before remains."""
    made_backup(source, folder / "one.db")
    before = contents(source)
    fill(source, rows=4, first=100)
    later = contents(source)
    with pytest.raises(TransferRefusedError, match="--force"):
        restore(source, folder / "one.db")
    assert contents(source) == later
    restored = restore(source, folder / "one.db", force=True)
    assert contents(source) == before
    if restored.replaced is not None:
        assert contents(f"sqlite:///{restored.replaced}") == later


def test_log_beside_the_replaced_file_is_not_played_back(folder: Path, tmp_path: Path) -> None:
    """A killed gateway left its last rows in a log: they stay with the replaced database."""
    path = tmp_path / "source" / "gateway.db"
    url = filled(f"sqlite:///{path}")
    made_backup(url, folder / "one.db")
    before = contents(url)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("DELETE FROM timeline")
        writer.commit()
        wal, main = path.with_name("gateway.db-wal").read_bytes(), path.read_bytes()
    path.write_bytes(main)
    path.with_name("gateway.db-wal").write_bytes(wal)
    restored = restore(url, folder / "one.db", force=True)
    assert contents(url) == before
    assert restored.replaced is not None
    assert rows_of(contents(f"sqlite:///{restored.replaced}"))["timeline"] == 0


def test_damaged_database_is_replaced(folder: Path, tmp_path: Path) -> None:
    """A restore is what helps a damaged database, so its damage does not stop it."""
    path = tmp_path / "source" / "gateway.db"
    url = filled(f"sqlite:///{path}")
    made_backup(url, folder / "one.db")
    before = contents(url)
    path.write_bytes(b"no database" * 1000)
    restored = restore(url, folder / "one.db", force=True)
    assert contents(url) == before
    assert restored.replaced is not None
    assert restored.replaced.read_bytes().startswith(b"no database")


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        ("UPDATE timeline SET at = 0 WHERE id = 1", "changed or is damaged"),
        ("DELETE FROM notices WHERE id = 2", "changed or is damaged"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer than this program"),
        ("DROP TABLE alembic_version", "no backup of a gateway"),
    ],
)
def test_changed_backup_is_refused(damage: str, error: str, folder: Path, tmp_path: Path) -> None:
    """A backup that is not as it was written changes nothing."""
    source = filled(f"sqlite:///{tmp_path}/source/gateway.db")
    file = folder / "one.db"
    made_backup(source, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(damage)
        connection.commit()
    before = contents(source)
    with pytest.raises(TransferRefusedError, match=error):
        restore(source, file, force=True)
    assert contents(source) == before
    assert files(tmp_path / "source") == {"gateway.db"}


@pytest.mark.parametrize("size", [0, 100, 30_000])
def test_cut_backup_is_refused(size: int, folder: Path, tmp_path: Path) -> None:
    """Half of a file, as a full disk leaves it, is no backup."""
    source = filled(f"sqlite:///{tmp_path}/source/gateway.db")
    file = folder / "one.db"
    made_backup(source, file)
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises((TransferRefusedError, StoreUnavailableError)):
        restore(f"sqlite:///{tmp_path}/target/gateway.db", file)
    assert files(tmp_path / "target") == set()


async def test_restore_is_refused_while_a_gateway_runs(source: str, folder: Path) -> None:
    """Both databases show that a gateway is connected."""
    file = folder / "one.db"
    made_backup(source, file)
    store = Store(source)
    await store.start()
    try:
        with pytest.raises(TransferRefusedError, match="a gateway uses"):
            restore(source, file, force=True)
    finally:
        await store.close()
    assert isinstance(restore(source, file, force=True), Restored)


async def test_restored_database_is_served(source: str, folder: Path) -> None:
    """A store starts on it, and writes."""
    file = folder / "one.db"
    made_backup(source, file)
    restore(source, file, force=True)
    store = Store(source)
    await store.start()
    assert await store.read(lambda tx: 1) == 1
    await store.close()


def test_copy_by_another_program_is_restored(folder: Path, tmp_path: Path) -> None:
    """A copy by sqlite3's .backup has no header: its pages are checked."""
    source = filled(f"sqlite:///{tmp_path}/source/gateway.db")
    with (
        closing(sqlite3.connect(tmp_path / "source" / "gateway.db")) as reader,
        closing(sqlite3.connect(folder / "one.db")) as copy,
    ):
        reader.backup(copy)
    target = f"sqlite:///{tmp_path}/target/gateway.db"
    assert restore(target, folder / "one.db").contents.header is None
    assert contents(target) == contents(source)


def test_locks_exclude_each_other(tmp_path: Path) -> None:
    """Two restores at once: the second is refused."""
    with exclusive_lock(tmp_path / "gateway.db") as first:
        assert first
        with exclusive_lock(tmp_path / "gateway.db") as second:
            assert not second
    with exclusive_lock(tmp_path / "gateway.db") as third:
        assert third


@pytest.mark.parametrize("target_database", BOTH)
def test_older_backup_is_upgraded(
    target_database: str, request: pytest.FixtureRequest, folder: Path, tmp_path: Path
) -> None:
    """A backup that an older release made is restored by this one; the file stays as it is."""
    path = tmp_path / "old.db"
    upgrade_to(f"sqlite:///{path}", "0030")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO facts (id, body) VALUES (7, 'a missed page')")
        connection.commit()
    file = folder / "one.db"
    made_backup(f"sqlite:///{path}", file)
    content = file.read_bytes()
    target = f"sqlite:///{tmp_path}/target/gateway.db"
    if target_database == "postgresql":
        target = str(request.getfixturevalue("postgres_url"))
    assert restore(target, file).contents.version == "0030"
    assert current_revision(target) == HEAD
    assert rows_of(contents(target))["facts"] == 1
    assert file.read_bytes() == content


def test_postgresql_of_another_version_is_not_backed_up(postgres_url: str, folder: Path) -> None:
    """Its tables are not those of this program; the error says what to do."""
    upgrade_to(postgres_url.replace("postgresql://", "postgresql+psycopg://"), "0030")
    with pytest.raises(TransferRefusedError, match="gateway migrate"):
        made_backup(postgres_url, folder / "one.db")
    assert files(folder) == set()

"""The file lock shows whether other processes have the database open."""

from pathlib import Path

from gateway.store.db.file_lock import FileLock


def test_first_process_is_the_only_one(tmp_path: Path) -> None:
    """Promise 11: a process that starts without others need not wait for leases."""
    first = FileLock(tmp_path / "gateway.db")
    second = FileLock(tmp_path / "gateway.db")
    assert (first.is_only_process, second.is_only_process) == (True, False)
    second.close()
    first.close()


def test_second_process_counts_after_the_first_ended(tmp_path: Path) -> None:
    """Promise 11: while the second process runs, a third is not the only one."""
    first = FileLock(tmp_path / "gateway.db")
    second = FileLock(tmp_path / "gateway.db")
    first.close()
    third = FileLock(tmp_path / "gateway.db")
    assert not third.is_only_process
    second.close()
    third.close()
    last = FileLock(tmp_path / "gateway.db")
    assert last.is_only_process
    last.close()


def test_missing_folder_claims_nothing(tmp_path: Path) -> None:
    """Without a lock no process counts as the only one, and nothing fails."""
    lock = FileLock(tmp_path / "missing" / "gateway.db")
    assert not lock.is_only_process
    lock.close()

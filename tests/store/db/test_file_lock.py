"""Knowing whether those who claimed messages before us are gone."""

from pathlib import Path

from gateway.store.db.file_lock import FileLock


def test_the_first_is_alone(tmp_path: Path) -> None:
    """Promise 11: whoever starts with nobody else there need not wait for leases."""
    first = FileLock(tmp_path / "gateway.db")
    second = FileLock(tmp_path / "gateway.db")
    assert (first.is_only_process, second.is_only_process) == (True, False)
    second.close()
    first.close()


def test_who_came_second_still_counts(tmp_path: Path) -> None:
    """Promise 11: the first is gone, the second is not: a third is not alone."""
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


def test_where_no_lock_can_be_had(tmp_path: Path) -> None:
    """Without the lock nobody claims to be alone, and nothing breaks."""
    nowhere = FileLock(tmp_path / "missing" / "gateway.db")
    assert not nowhere.is_only_process
    nowhere.close()

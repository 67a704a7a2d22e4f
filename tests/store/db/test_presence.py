"""Knowing whether those who claimed messages before us are gone."""

from pathlib import Path

from gateway.store.db.file_lock import Presence


def test_the_first_is_alone(tmp_path: Path) -> None:
    """Promise 11: whoever starts with nobody else there need not wait for leases."""
    first = Presence(tmp_path / "gateway.db")
    second = Presence(tmp_path / "gateway.db")
    assert (first.alone, second.alone) == (True, False)
    second.close()
    first.close()


def test_who_came_second_still_counts(tmp_path: Path) -> None:
    """Promise 11: the first is gone, the second is not: a third is not alone."""
    first = Presence(tmp_path / "gateway.db")
    second = Presence(tmp_path / "gateway.db")
    first.close()
    third = Presence(tmp_path / "gateway.db")
    assert not third.alone
    second.close()
    third.close()
    last = Presence(tmp_path / "gateway.db")
    assert last.alone
    last.close()


def test_where_no_lock_can_be_had(tmp_path: Path) -> None:
    """Without the lock nobody claims to be alone, and nothing breaks."""
    nowhere = Presence(tmp_path / "missing" / "gateway.db")
    assert not nowhere.alone
    nowhere.close()

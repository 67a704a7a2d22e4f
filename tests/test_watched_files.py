"""Watched files: every way in which a configuration changes is noticed, and nothing else is."""

import os
from pathlib import Path

import pytest

from gateway.config.source.regular_file import read_regular
from gateway.watched_files import WatchedFiles
from tests.mounted import MountedFolder


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    path = tmp_path / "routes.yaml"
    path.write_text("one")
    return path


def changed(files: WatchedFiles) -> bool:
    return files.has_changed(files.present())


def test_files_that_stay_have_not_changed(routes: Path, tmp_path: Path) -> None:
    """Reading, a file beside it, and a database's writes are no change."""
    files = WatchedFiles(read_regular, [])
    assert files.read(routes) == b"one"
    (tmp_path / "gateway.db").write_text("new")
    read_regular(routes)
    assert not changed(files)


def test_a_write_and_a_replacement_are_changes(routes: Path, tmp_path: Path) -> None:
    """Some editors write into the file, others rename a new one over it, also with its old time."""
    files = WatchedFiles(read_regular, [])
    files.read(routes)
    routes.write_text("longer")
    assert changed(files)
    files.read(routes)
    status = os.stat(routes)
    new = tmp_path / "new"
    new.write_text("longes")
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(new, routes)
    assert changed(files)


def test_a_replaced_link_of_a_mounted_folder_is_a_change(tmp_path: Path) -> None:
    """Kubernetes replaces `..data`; no file in the folder is written or renamed."""
    mounted = MountedFolder(tmp_path / "config", {"routes.yaml": "same"})
    files = WatchedFiles(read_regular, [])
    files.read(mounted.path / "routes.yaml")
    assert not changed(files)
    mounted.update({"routes.yaml": "same"})
    assert changed(files)


def test_a_missing_file_that_appears_is_a_change(tmp_path: Path) -> None:
    """A secret that was not mounted yet is loaded when it is."""
    files = WatchedFiles(read_regular, [])
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / "later")
    assert not changed(files)
    (tmp_path / "later").write_text("here")
    assert changed(files)


def test_any_file_in_a_watched_folder_counts(tmp_path: Path) -> None:
    """A template that is added, edited or removed is a change."""
    folder = tmp_path / "templates" / "email"
    folder.mkdir(parents=True)
    files = WatchedFiles(read_regular, [tmp_path / "templates"])
    files.watch_folders()
    assert not changed(files)
    for text in ("new", "edited"):
        (folder / "subject.txt").write_text(text)
        assert changed(files)
        files.accept(files.present())
        assert not changed(files)
    (folder / "subject.txt").unlink()
    assert changed(files)

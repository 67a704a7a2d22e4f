"""Files are written whole or not at all, even if something fails in between (E56)."""

import errno
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.files import make_folder, write_atomically


def full_disk(file: int) -> None:
    """Fail as a full disk does when data is flushed."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("replace", [False, True])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    """No file appears, no temporary one stays, and the error names the intended file."""
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left") as failed:
        write_atomically(tmp_path / "key", b"content", replace=replace)
    assert failed.value.filename == str(tmp_path / "key")
    assert names(tmp_path) == []


def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was to be replaced is unchanged when the new one cannot be written."""
    (tmp_path / "routes.yaml").write_text("old")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "routes.yaml", b"new", replace=True)
    assert names(tmp_path) == ["routes.yaml"]
    assert (tmp_path / "routes.yaml").read_text() == "old"


def test_a_replaced_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """Replacing the content neither opens a private file nor cuts a symbolic link."""
    (tmp_path / "real").touch(mode=0o600)
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", b"new", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o600


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    """A device or a pipe is left as it is."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        write_atomically(tmp_path / "pipe", b"new", replace=True)
    assert names(tmp_path) == ["pipe"]


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    """Without `replace` the first content stays."""
    write_atomically(tmp_path / "key", b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "key", b"second", replace=False)
    assert (tmp_path / "key").read_bytes() == b"first"
    assert names(tmp_path) == ["key"]


def test_a_file_system_without_hard_links_writes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT and some network mounts have no hard links; the promise is the same there."""

    def no_links(*paths: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    test_an_existing_file_is_not_overwritten(tmp_path)


def test_several_writers_at_once_leave_one_content(tmp_path: Path) -> None:
    """One of them succeeds; the others are refused and read what it wrote."""
    barrier = threading.Barrier(8)
    contents: list[bytes] = []

    def write(number: int) -> None:
        barrier.wait()
        with suppress(FileExistsError):
            write_atomically(tmp_path / "key", b"%d" % number * 64, replace=False)
        contents.append((tmp_path / "key").read_bytes())

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(contents) == 8
    assert len(set(contents)) == 1
    assert names(tmp_path) == ["key"]


def test_a_new_data_folder_is_private(tmp_path: Path) -> None:
    """Only the owner may list or change what is in it; folders above it are as ever."""
    make_folder(tmp_path / "srv" / "data")
    make_folder(tmp_path / "srv" / "data")
    assert stat.S_IMODE((tmp_path / "srv" / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "srv").stat().st_mode) != 0o700

"""The key that signs links is whole and private, or the gateway does not start (E56)."""

import errno
import logging
import os
import stat
import threading
from pathlib import Path

import pytest

from gateway.settings import SettingError, read_settings
from gateway.signing_key import KEY_FILE, load_or_create_key

GOOD = b"0123456789abcdef" * 4


def store(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    """Put a key there."""
    path = folder / KEY_FILE
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_start_creates_a_private_key(tmp_path: Path) -> None:
    """Later starts read the same one; nobody but the owner can read it or its folder."""
    key = load_or_create_key(tmp_path / "data")
    assert len(key) == 64
    assert load_or_create_key(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_full_disk_at_the_first_start_leaves_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start fails; the next one, with space again, creates a whole key (E56)."""

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            load_or_create_key(tmp_path)
    assert os.listdir(tmp_path) == []
    assert len(load_or_create_key(tmp_path)) == 64


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """Otherwise links of one would be refused by the other."""
    barrier = threading.Barrier(6)
    keys: list[bytes] = []

    def start() -> None:
        barrier.wait()
        keys.append(load_or_create_key(tmp_path / "data"))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 6
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (GOOD[:31], "holds 31 characters, at least 32"),
        (bytes(64), "does not hold a key"),
        (b"\xff\xfe" * 40, "does not hold a key"),
        (GOOD + b" " + GOOD, "does not hold a key"),
        (GOOD * 1000, "does not hold a key"),
    ],
    ids=["empty", "blank", "cut", "zeros", "binary", "words", "huge"],
)
def test_a_bad_key_is_refused_with_instructions(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """The message says what is wrong, how to make a new key, and what that costs (E56)."""
    store(tmp_path, content)
    with pytest.raises(SettingError, match=reason) as refused:
        load_or_create_key(tmp_path)
    assert f"mv {tmp_path}/secret.key {tmp_path}/secret.key.old" in str(refused.value)
    assert "Acknowledge links sent so far then stop working" in str(refused.value)
    assert GOOD.decode() not in str(refused.value)


@pytest.mark.parametrize("mode", [0o644, 0o606, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The message has the command that repairs it (E56)."""
    path = store(tmp_path, GOOD, mode)
    with pytest.raises(SettingError, match=f"mode {mode:04o}") as refused:
        load_or_create_key(tmp_path)
    assert f"Run: chmod 600 {path}." in str(refused.value)
    path.chmod(0o600)
    assert load_or_create_key(tmp_path) == GOOD


def test_a_key_opened_to_its_group_is_closed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Kubernetes' fsGroup does that at each start of a pod; it must not stop paging."""
    path = store(tmp_path, GOOD, 0o660)
    with caplog.at_level(logging.WARNING):
        assert load_or_create_key(tmp_path) == GOOD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "could be read by its group (mode 0660)" in caplog.text


def test_a_key_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """A folder or a named pipe is refused at once; a link to a file works."""
    for kind in ("folder", "pipe", "gone"):
        (tmp_path / kind).mkdir()
    (tmp_path / "folder" / KEY_FILE).mkdir()
    os.mkfifo(tmp_path / "pipe" / KEY_FILE)
    (tmp_path / "gone" / KEY_FILE).symlink_to("nowhere")
    for kind, reason in (("folder", "regular"), ("pipe", "regular"), ("gone", "cannot be read")):
        with pytest.raises(SettingError, match=reason):
            load_or_create_key(tmp_path / kind)
    real = store(tmp_path, GOOD + b"\n")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / KEY_FILE).symlink_to(real)
    assert load_or_create_key(tmp_path / "linked") == GOOD


def test_a_key_that_cannot_be_opened_is_refused_with_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of another user, as after a restore by root, names the command."""
    store(tmp_path, GOOD)

    def denied(*arguments: object, **options: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(SettingError, match=f"chown {os.geteuid()} {tmp_path}/secret.key"):
        load_or_create_key(tmp_path)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("short", "at least 16 characters"),
        (" " * 40, "is blank"),
        ("   fifteen-chars-x", "white space"),
    ],
)
def test_a_short_key_of_the_environment_is_refused(key: str, reason: str) -> None:
    """The reason says what is wrong; the value is not shown."""
    with pytest.raises(SettingError, match=reason) as refused:
        read_settings({"GATEWAY_SECRET_KEY": key})
    assert key.strip() == "" or key.strip() not in str(refused.value)

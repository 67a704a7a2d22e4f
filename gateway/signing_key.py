"""The key that signs links, in a file beside the embedded database.

Anyone who knows the key can acknowledge any incident. A key that is empty, cut off or readable
by others therefore stops the start (E56).
"""

import errno
import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from gateway.files import PRIVATE, make_folder, write_whole
from gateway.settings import SettingError

log = logging.getLogger(__name__)

FILE = "secret.key"
SHORTEST = 32
"""Characters that a key file must hold. The gateway writes 64; a shorter file was cut off."""

_LONGEST = 4096  # bytes; a larger file is something else
_GROUP = stat.S_IRWXG
_OTHERS = stat.S_IRWXO


def kept_key(folder: Path) -> bytes:
    """Return the key in `folder`, which is created at the first start.

    Several processes that start at once use one key. Raises SettingError for a key that must
    not be used, and OSError if none can be written.
    """
    path = folder / FILE
    if not os.path.lexists(path):
        make_folder(folder)
        with suppress(FileExistsError):
            content = secrets.token_hex(SHORTEST).encode()
            write_whole(path, content, mode=PRIVATE, replace=False)
    return _checked(path, _content(path))


def _content(path: Path) -> bytes:
    """Read the key's file. Raises SettingError unless it is a file that only its owner can read."""
    try:
        # Without O_NONBLOCK a named pipe would wait for a writer for ever.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.EACCES:
            reason = f"cannot be read by this user: chown {_user()} {path}"
        else:
            reason = f"cannot be read: {error.strerror}"
        raise SettingError(f"{path} {reason}") from None
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise SettingError(f"{path} is not a regular file. {_new_key(path)}")
        _check_mode(path, file, found)
        return os.read(file, _LONGEST + 1)
    finally:
        os.close(file)


def _check_mode(path: Path, file: int, found: os.stat_result) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if not mode & (_GROUP | _OTHERS):
        return
    ours = found.st_uid == os.geteuid()
    if mode & _OTHERS or not ours:
        raise SettingError(
            f"{path} can be read or changed by other users (mode {mode:04o}), who could make "
            f"acknowledge links with it. Run: chmod 600 {path}. "
            f"If another user may have read it: {_new_key(path)}"
        )
    # Kubernetes opens every file of a volume to the group of `fsGroup`, at each start of a pod:
    # https://kubernetes.io/docs/tasks/configure-pod-container/security-context
    os.fchmod(file, PRIVATE)
    log.warning("%s could be read by its group (mode %04o): set to 0600", path, mode)


def _checked(path: Path, content: bytes) -> bytes:
    key = content.strip()
    if not key:
        raise SettingError(f"{path} is empty, so anyone could make links. {_new_key(path)}")
    if len(key) < SHORTEST:
        raise SettingError(
            f"{path} holds {len(key)} characters, at least {SHORTEST} are needed: "
            f"it was cut off. Restore it from a backup, or: {_new_key(path)}"
        )
    if len(content) > _LONGEST or not all(0x20 < byte < 0x7F for byte in key):
        raise SettingError(
            f"{path} does not hold a key: {SHORTEST} to {_LONGEST} printable ASCII characters "
            f"without spaces. Restore it from a backup, or: {_new_key(path)}"
        )
    return key


def _new_key(path: Path) -> str:
    return (
        f"To make a new key, run: mv {path} {path}.old, and start again. "
        "Acknowledge links sent so far then stop working; nothing else is lost."
    )


def _user() -> str:
    return str(os.geteuid())

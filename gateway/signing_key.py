"""The key that signs links, in a file beside the embedded database.

Anyone who knows the key can acknowledge any incident. So the gateway does not start with a key
that is empty, cut off or readable by other users (E56).
"""

import errno
import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from gateway.files import PRIVATE_MODE, make_folder, write_atomically
from gateway.settings import SettingError

log = logging.getLogger(__name__)

KEY_FILE = "secret.key"
MIN_LENGTH = 32
"""Characters that a key file must have. The gateway writes 64; a shorter file was cut off."""

_MAX_LENGTH = 4096  # bytes; a larger file is something else
_GROUP = stat.S_IRWXG
_OTHERS = stat.S_IRWXO


def load_or_create_key(folder: Path) -> bytes:
    """Return the key in `folder`; create it at the first start.

    Several processes that start at once use one key. Raises SettingError for a key that must
    not be used, and OSError if none can be written.
    """
    path = folder / KEY_FILE
    if not os.path.lexists(path):
        make_folder(folder)
        with suppress(FileExistsError):
            content = secrets.token_hex(MIN_LENGTH).encode()
            write_atomically(path, content, mode=PRIVATE_MODE, replace=False)
    return _validate_key(path, _read_key_file(path))


def _read_key_file(path: Path) -> bytes:
    """Read the key's file. Raises SettingError unless only its owner can read it."""
    try:
        # O_NONBLOCK, because opening a named pipe waits for a writer.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.EACCES:
            reason = f"cannot be read by this user: chown {_user()} {path}"
        else:
            reason = f"cannot be read: {error.strerror}"
        raise SettingError(f"{path} {reason}") from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise SettingError(f"{path} is not a regular file. {_new_key_hint(path)}")
        _check_mode(path, file, status)
        return os.read(file, _MAX_LENGTH + 1)
    finally:
        os.close(file)


def _check_mode(path: Path, file: int, status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if not mode & (_GROUP | _OTHERS):
        return
    is_ours = status.st_uid == os.geteuid()
    if mode & _OTHERS or not is_ours:
        raise SettingError(
            f"{path} can be read or changed by other users (mode {mode:04o}), who could make "
            f"acknowledge links with it. Run: chmod 600 {path}. "
            f"If another user may have read it: {_new_key_hint(path)}"
        )
    # Kubernetes gives the group of `fsGroup` access to each file, at each start of a pod:
    # https://kubernetes.io/docs/tasks/configure-pod-container/security-context
    os.fchmod(file, PRIVATE_MODE)
    log.warning("%s could be read by its group (mode %04o): set to 0600", path, mode)


def _validate_key(path: Path, content: bytes) -> bytes:
    key = content.strip()
    if not key:
        raise SettingError(f"{path} is empty, so anyone could make links. {_new_key_hint(path)}")
    if len(key) < MIN_LENGTH:
        raise SettingError(
            f"{path} holds {len(key)} characters, at least {MIN_LENGTH} are needed: "
            f"it was cut off. Restore it from a backup, or: {_new_key_hint(path)}"
        )
    if len(content) > _MAX_LENGTH or not all(0x20 < byte < 0x7F for byte in key):
        raise SettingError(
            f"{path} does not hold a key: {MIN_LENGTH} to {_MAX_LENGTH} printable ASCII characters "
            f"without spaces. Restore it from a backup, or: {_new_key_hint(path)}"
        )
    return key


def _new_key_hint(path: Path) -> str:
    return (
        f"To make a new key, run: mv {path} {path}.old, and start again. "
        "Acknowledge links sent so far then stop working; nothing else is lost."
    )


def _user() -> str:
    return str(os.geteuid())

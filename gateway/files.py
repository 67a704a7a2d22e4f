"""Files that are written completely or not at all.

A program can be killed, and a disk can be full, between any two writes. So a file gets its name
only after all of it is on the disk (E56).
"""

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

PRIVATE_MODE = 0o600
"""Mode of a file with secrets, names or addresses: only its owner can read it."""

PRIVATE_FOLDER_MODE = 0o700
_NO_HARD_LINK_ERRORS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
"""Errors of link(2) on file systems without hard links."""


def write_atomically(path: Path, content: bytes, *, mode: int | None = None, replace: bool) -> None:
    """Write a file that is complete and on the disk as soon as its name exists.

    `mode` None means 0666 less the umask, or the mode of the file that is replaced. A symbolic
    link is followed; a device or a pipe is not replaced. Without `replace` it raises
    FileExistsError if the file exists, and of several processes at once exactly one succeeds.
    Raises OSError with the name of `path` if it cannot be written; an old file is then unchanged.
    """
    target = Path(os.path.realpath(path)) if replace else path
    new = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    try:
        if replace:
            mode = _mode_to_keep(target) if mode is None else mode
        try:
            _write_new(new, content, mode)
            if replace:
                os.replace(new, target)
            else:
                _link_new(new, target)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(new)
        sync_folder(target.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def make_folder(path: Path, mode: int = PRIVATE_FOLDER_MODE) -> None:
    """Create a folder with this mode unless it exists.

    Missing folders above it get the default mode. Their entries are on the disk when this returns.
    Raises OSError.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another process created it just now
            folder.mkdir(mode=mode if folder == path else 0o777)
        sync_folder(folder.parent)
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to the disk, if its file system can do that."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems
            raise
    finally:
        os.close(folder)


def _mode_to_keep(target: Path) -> int | None:
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    return stat.S_IMODE(mode)


def _write_new(path: Path, content: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(path, flags, 0o666 if mode is None else mode), "wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)  # the umask took bits away
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _link_new(new: Path, target: Path) -> None:
    """Give a complete file its name unless the name is taken. Raises FileExistsError."""
    try:
        os.link(new, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINK_ERRORS:
            raise
        # An empty file reserves the name. A crash here leaves it: its reader must refuse it.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE))
        os.replace(new, target)

"""Reading of a regular file that an admin named, of bounded size, without waiting.

A named pipe would block the whole process until somebody writes into it, and a device such as
/dev/zero never ends.
"""

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024
"""Bytes that are read; twice what a routes.yaml may have. The rest is left out, not read."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_regular(path: Path) -> bytes:
    """Return up to LARGEST bytes of a regular file, links followed.

    Raises OSError, which names the kind of any other path.
    """
    # Opening a pipe waits for a writer unless O_NONBLOCK is set; regular files ignore it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        kind = next((words for test, words in _KINDS if test(mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a regular file", str(path))
    with open(descriptor, "rb") as file:
        return file.read(MAX_BYTES)

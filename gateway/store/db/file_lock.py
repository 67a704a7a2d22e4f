"""A lock that shows whether another process has the embedded database open.

Each process holds a shared lock on a file beside the database until it ends. The system releases
it however the process ends (flock(2)). A process that could lock the file exclusively at its start
knows that all former processes have ended, and need not wait for their leases.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileLock:
    """The lock of one process, and whether there were others when it was taken.

    `is_only_process`: no other process held one. `has_other_process`: another did. Both are False
    where the file system has no locks, because then nothing is known.
    """

    def __init__(self, database: Path) -> None:
        self.is_only_process = self.has_other_process = False
        self._file: int | None = None
        # Without locks, or in a read-only folder, a new process waits for the leases instead.
        with suppress(OSError):
            path = database.with_name(f"{database.name}.lock")
            self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self.is_only_process = self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.has_other_process = not self.is_only_process
            self._lock(fcntl.LOCK_SH)

    def close(self) -> None:
        """Release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock(self, operation: int) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, operation)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive_lock(database: Path) -> Iterator[bool]:
    """Lock the database against all other processes; yield False if one has it open.

    A gateway that starts meanwhile waits. Where the file system has no locks, it yields True.
    """
    descriptor = None
    free = True
    with suppress(OSError):
        path = database.with_name(f"{database.name}.lock")
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free = False
    try:
        yield free
    finally:
        if descriptor is not None:
            os.close(descriptor)

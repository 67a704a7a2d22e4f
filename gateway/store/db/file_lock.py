"""Who else has the embedded database open.

Each process holds a shared lock on a file beside the database for as long as it lives; the system
lets go of it however the process ends (flock(2)). Whoever could have had it exclusively at its
start knows that everybody before it is gone, and need not wait for their leases.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class FileLock:
    """The lock of one process, and what it found when it was taken.

    `is_only_process`: no other process held one. `has_other_process`: another did. Both are False
    where the file system has no locks, because then nothing is known.
    """

    def __init__(self, database: Path) -> None:
        self.is_only_process = self.has_other_process = False
        self._file: int | None = None
        # A file system without locks, or a folder that is read-only: then leases have to do.
        with suppress(OSError):
            path = database.with_name(f"{database.name}.lock")
            self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self.is_only_process = self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.has_other_process = not self.is_only_process
            self._lock(fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock(self, how: int) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, how)
        except BlockingIOError:
            return False
        return True

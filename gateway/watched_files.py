"""Files that a configuration was read from, and whether they have changed since.

Changes are found by comparing, not by notifications: those do not arrive from network file systems,
and a folder that Kubernetes mounts changes by replacing a symbolic link above the files.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

MOST_ENTRIES = 2000
"""Entries of one folder that are compared. More would make each comparison slow."""

Signature = tuple[int, ...] | tuple[tuple[str, object], ...] | None
"""Device, inode, size and time of a file; the same of a folder's entries; None if it is missing."""


class WatchedFiles:
    """The files that were read through `read`, and whole folders. Not safe for several threads."""

    def __init__(self, read_file: Callable[[Path], bytes], folders: Sequence[Path]) -> None:
        self._read_file = read_file
        self._folders = tuple(folders)
        self._known: dict[Path, Signature] = {}

    def read(self, path: Path) -> bytes:
        """Read a file and watch it from now on, also if it cannot be read. Raises OSError."""
        # Before the content: a change in between is then noticed, and not lost.
        self._known[path] = signature(path)
        return self._read_file(path)

    def watch_folders(self) -> None:
        """Take the present state of the folders as the one that is loaded next."""
        for folder in self._folders:
            self._known[folder] = signature(folder)

    def present(self) -> Mapping[Path, Signature]:
        """Return the present state of everything that is watched. Any thread may call it."""
        return {path: signature(path) for path in self._paths()}

    def has_changed(self, present: Mapping[Path, Signature]) -> bool:
        """Return whether a state differs from the one that was loaded."""
        return any(self._known.get(path) != state for path, state in present.items())

    def accept(self, present: Mapping[Path, Signature]) -> None:
        """Take a state as loaded, because a load follows that reads what is still used."""
        self._known.update(present)

    def _paths(self) -> Sequence[Path]:
        return list(self._known)


def signature(path: Path) -> Signature:
    """Return what changes when the content of a file or of anything in a folder does."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(status.st_mode):
        return tuple(_entries(path, MOST_ENTRIES))
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _entries(folder: Path, limit: int) -> Iterator[tuple[str, object]]:
    """Yield each file below a folder with its signature, at most `limit` of them."""
    count = 0
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if count == limit:
                return
            count += 1
            path = Path(parent, name)
            yield str(path.relative_to(folder)), signature(path)

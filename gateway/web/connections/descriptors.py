"""File descriptors: the limit is raised at start, and connections leave enough for the rest."""

import resource
from dataclasses import dataclass

RESERVED = 256
"""Descriptors kept for sending, the database, files and DNS. Senders use about 150 at most."""

ACCEPTED_AT_ONCE = 1024
"""Length of the queue of new connections. The loop accepts all of it before it closes any."""

_UNLIMITED_TRIES = (1_048_576, 65_536, 10_240)
"""Tried in turn where the hard limit is unlimited: some kernels refuse larger values (macOS)."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many connections may be open, and how many may wait to be accepted."""

    connections: int
    backlog: int


def raise_soft_limit() -> int:
    """Raise this process's soft limit on open files to the hard one; return the limit now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _UNLIMITED_TRIES[0]
    for wanted in _UNLIMITED_TRIES if hard == resource.RLIM_INFINITY else (hard,):
        try:
            if wanted > soft:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                return wanted
        except (ValueError, OSError):
            continue
    return soft


def capacity_for(wanted: int, descriptors: int) -> Capacity:
    """Return the room for `wanted` connections under a limit of `descriptors`.

    RESERVED stay free; of the rest a quarter is for connections that were accepted and are not
    closed yet.
    """
    free = max(32, descriptors - RESERVED)
    connections = min(wanted, free * 3 // 4)
    return Capacity(connections, max(8, min(ACCEPTED_AT_ONCE, free - connections)))

"""File descriptors: the limit raised at start, and the share that connections may use."""

import resource
from dataclasses import dataclass

RESERVED = 256
"""Descriptors reserved for sending, the database, files and DNS. Senders use 150 at most."""

ACCEPTED_AT_ONCE = 1024
"""Length of the queue of new connections. The loop accepts the whole queue before it closes any."""

_UNLIMITED_TRIES = (1_048_576, 65_536, 10_240)
"""Limits tried in turn where the hard limit is unlimited: macOS refuses large values."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Numbers of connections that may be open, and that may wait to be accepted."""

    connections: int
    backlog: int


def raise_soft_limit() -> int:
    """Raise this process's soft limit on open files to the hard one; return the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _UNLIMITED_TRIES[0]
    for limit in _UNLIMITED_TRIES if hard == resource.RLIM_INFINITY else (hard,):
        try:
            if limit > soft:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
                return limit
        except (ValueError, OSError):
            continue
    return soft


def capacity_for(requested: int, descriptors: int) -> Capacity:
    """Return the capacity for `requested` connections under a limit of `descriptors`.

    RESERVED stay free. A quarter of the rest is for connections that were accepted and are not
    closed yet.
    """
    free = max(32, descriptors - RESERVED)
    connections = min(requested, free * 3 // 4)
    return Capacity(connections, max(8, min(ACCEPTED_AT_ONCE, free - connections)))

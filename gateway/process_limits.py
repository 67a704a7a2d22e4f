"""Limits of this process, for workers that handle what strangers or templates cause."""

import resource
from contextlib import suppress
from pathlib import Path


def set_limit(kind: int, amount: int) -> None:
    """Set a limit of `resource` (setrlimit(2)), at most to the hard one."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    with suppress(OSError, ValueError):  # not all systems know all limits
        resource.setrlimit(kind, (amount, amount))


def address_space(unknown: int) -> int:
    """Return the bytes of address space that this process has, `unknown` without /proc."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return unknown
    return int(pages) * resource.getpagesize()

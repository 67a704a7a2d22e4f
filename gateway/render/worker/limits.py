"""What a worker process may use to fill in one message, enforced by the operating system."""

import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

from gateway.process_limits import address_space, set_limit

CPU_SECONDS = 0.5
"""Processor time for one message. Shipped templates take 2 ms for a thousand alerts.

Higher: a hostile template holds up the other templates for longer. Lower: a long but honest
template fails on a slow machine.
"""

WALL_SECONDS = 0.7
"""Time on the clock for one message, shorter than others wait for their turn behind it.

On a machine so busy that a good template is stopped by it, plain text is sent once.
"""

GUILTY_CPU_SECONDS = 0.1
"""Processor time from which on a template that was stopped by the clock is itself the cause."""

MEMORY = 128_000_000
"""Bytes that a worker may allocate on top of what it has when it begins.

The longest part has 200,000 characters, so honest templates need a few megabytes.
"""

_OPEN_FILES = 64


def confine() -> None:
    """Put this process under limits for good. Only for a process that can be killed.

    The address space is bounded, so that a template gets a MemoryError. No file can be written,
    no core dump holds the facts, and the kernel kills this process first when memory is short.
    """
    size = address_space(0)
    if size:
        set_limit(resource.RLIMIT_AS, size + MEMORY)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_FSIZE, 0)
    set_limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    with suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for number in (signal.SIGPROF, signal.SIGALRM):
        # The default action ends the process inside any C function; a handler would wait for it.
        signal.signal(number, signal.SIG_DFL)


def start_timers() -> None:
    """Have the kernel end this process when a message takes too long."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def stop_timers() -> None:
    """Stop the timers when a message is done."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def cpu_seconds() -> float:
    """Return the processor time that this process has used, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cause_of_death(status: int) -> str:
    """Say why a worker ended, by its wait status, for the reader of the plain text."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number == signal.SIGPROF:
        return f"it takes more than {CPU_SECONDS:g} s of processor time: make it simpler"
    if number == signal.SIGALRM:
        return f"it takes more than {WALL_SECONDS:g} s: make it simpler"
    if number:
        return f"its process was ended by signal {number}"
    return f"its process ended with status {os.waitstatus_to_exitcode(status)}"

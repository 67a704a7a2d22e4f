"""What a process that reads one calendar may use, enforced by the operating system."""

import resource
import signal
from contextlib import suppress
from pathlib import Path

from gateway.process_limits import address_space, set_limit

CPU_SECONDS = 10
"""Processor time for one calendar. A thousand weekly series take under a second."""

WALL_SECONDS = 30.0
"""Time on the clock for one calendar, for a machine that is busy."""

MEMORY = 400_000_000
"""Bytes of address space on top of what the process begins with. 5,000 events take 150 MB."""

_OPEN_FILES = 64


def confine(cpu_seconds: int) -> None:
    """Put this process under limits for good. Only for a process that may be killed."""
    set_limit(resource.RLIMIT_AS, address_space(1_000_000_000) + MEMORY)
    set_limit(resource.RLIMIT_CPU, cpu_seconds)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_FSIZE, 0)
    set_limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    with suppress(OSError):  # Linux only: the kernel kills this process first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def cause_of_death(status: int, cpu_seconds: int) -> str:
    """Say why a process ended with this return code, negative for a signal."""
    if -status in (signal.SIGXCPU, signal.SIGKILL):
        return f"reading it took more than {cpu_seconds} s of processor time, or too much memory"
    if status < 0:
        return f"the process that reads it was ended by signal {-status}"
    return f"the process that reads it ended with status {status}"

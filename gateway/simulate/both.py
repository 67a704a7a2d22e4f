"""Plays a recording by two plans, in a process each where there are cores for it."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from ctypes import c_double
from typing import Any

from gateway.core.plan.plan import Plan
from gateway.simulate.impact import Impact, impact_of
from gateway.simulate.recording import Recording

POLL = 0.2
"""Seconds between two reports of progress."""

FEWEST = 5000
"""Alerts for which a second process is worth its start."""

_work: tuple[Sequence[Plan], Recording, Sequence[Any]] | None = None
"""What processes that are forked find here."""


def impacts_of(
    plans: tuple[Plan, Plan], recording: Recording, show: Callable[[float], None]
) -> tuple[Impact, Impact]:
    """Return what a recording means by each plan. `show` is called with the share that is done."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores == 1 or len(recording.alerts) < FEWEST:
        first = impact_of(plans[0], recording, lambda share: show(share / 2))
        return first, impact_of(plans[1], recording, lambda share: show(0.5 + share / 2))
    global _work
    context = multiprocessing.get_context("fork")
    shares = [context.Value(c_double, 0.0) for _ in plans]
    _work = plans, recording, shares
    try:
        with context.Pool(len(plans)) as pool:
            running = pool.map_async(_play, range(len(plans)), 1)
            while not running.ready():
                running.wait(POLL)
                show(sum(share.value for share in shares) / len(shares))
            before, after = running.get()
            return before, after
    finally:
        _work = None


def _play(index: int) -> Impact:
    assert _work is not None
    plans, recording, shares = _work

    def progress(share: float) -> None:
        shares[index].value = share

    return impact_of(plans[index], recording, progress)

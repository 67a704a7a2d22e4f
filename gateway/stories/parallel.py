"""Running of many tests on all cores."""

import multiprocessing
import os
from collections.abc import Sequence
from typing import NamedTuple

from gateway.stories.compare import Difference
from gateway.stories.coverage import Touched
from gateway.stories.run import Moment, Surroundings, TestResult, run_tests
from gateway.stories.story import Test

FEWEST = 40
"""Tests for which further processes are worth their start."""
CHUNK = 10
"""Tests that a process runs between two answers."""


class _Answer(NamedTuple):
    """What a process answers about a test: a result without the test, which it cannot send."""

    differences: tuple[Difference, ...]
    timeline: tuple[Moment, ...]
    touched: Touched


_work: tuple[Sequence[Test], Surroundings] | None = None
"""What processes that are forked find here."""


def run_all(tests: Sequence[Test], surroundings: Surroundings) -> list[TestResult]:
    """Run tests, in several processes where they are many; return results in their order."""
    global _work
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores == 1 or len(tests) < FEWEST:
        return run_tests(tests, surroundings)
    _work = (tests, surroundings)
    try:
        with multiprocessing.get_context("fork").Pool(cores) as pool:
            starts = range(0, len(tests), CHUNK)
            answers = [one for chunk in pool.map(_run_chunk, starts, 1) for one in chunk]
    finally:
        _work = None
    return [TestResult(test, *one) for test, one in zip(tests, answers, strict=True)]


def _run_chunk(first: int) -> list[_Answer]:
    assert _work is not None
    tests, surroundings = _work
    results = run_tests(tests[first : first + CHUNK], surroundings)
    return [_Answer(one.differences, one.timeline, one.touched) for one in results]

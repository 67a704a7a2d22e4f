"""Markers that say what a test needs, the guard that keeps them true, and a report on slow tests.

`process`, `peer`, `browser` and `postgres` are described in pyproject.toml. `make quick` runs the
tests that carry none of them. A test without one of them cannot start a program: the attempt fails.
"""

import gc
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.examples import load_profile

NEEDS = ("process", "peer", "browser", "postgres")

SLOW = 0.25
"""Seconds from which a test without a marker is listed at the end of a run."""

LISTED = 15
"""Slow tests listed at most; the count covers all."""

GC_THRESHOLD = (20_000, 10, 20)
"""Allocations and rounds between garbage collections: Python's own cost a tenth of a run.

Larger ones free an unclosed socket, and report it, many tests after the one that left it open.
"""

_allowed = True


def _guard(event: str, _arguments: tuple[Any, ...]) -> None:
    """Refuse to start a program in a test that does not say so. An audit hook cannot be removed."""
    if event == "subprocess.Popen" and not _allowed:
        names = " or ".join(f"@pytest.mark.{name}" for name in NEEDS)
        raise RuntimeError(f"this test starts a program: mark it with {names}")


def pytest_configure(config: pytest.Config) -> None:
    """Install the guard, and choose how many examples Hypothesis tries."""
    load_profile()
    sys.addaudithook(_guard)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark users of the PostgreSQL fixture."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """Collect tests without garbage collection, because all of what they are stays.

    It is excluded from later collections, which would visit it again and again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Allow programs only to tests that are marked, fixtures included."""
    global _allowed
    _allowed = any(item.get_closest_marker(name) for name in NEEDS)
    try:
        return (yield)
    finally:
        _allowed = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the slow tests that are part of the quick loop."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and not any(
                name in report.keywords for name in NEEDS
            ):
                seconds[report.nodeid] += report.duration
    slow = sorted(((took, name) for name, took in seconds.items() if took > SLOW), reverse=True)
    if slow:
        terminalreporter.section(f"{len(slow)} unmarked tests took over {SLOW} s")
        for took, name in slow[:LISTED]:
            terminalreporter.line(f"{took:6.2f} s  {name}")

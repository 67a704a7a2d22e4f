"""One place reads the clock, and it reads the right one."""

import time

import pytest

from gateway import clock


def test_now_is_unix_time_and_monotonic_never_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8, E35: the wall clock tells instants; durations come from one that cannot step."""
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.25)
    monkeypatch.setattr(time, "monotonic", lambda: 12.5)
    assert clock.now() == 1_700_000_000.25
    assert clock.monotonic() == 12.5

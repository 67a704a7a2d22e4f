"""One place reads the clock, and what it says never goes back."""

import time

import pytest

from gateway import clock
from gateway.clock import Steady


class Machine:
    """A machine's two clocks, set by hand."""

    def __init__(self) -> None:
        self.wall = 1_700_000_000.0
        self.mono = 50.0

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def steady(machine: Machine) -> Steady:
    return Steady(lambda: machine.wall, lambda: machine.mono)


def test_it_tells_unix_time(machine: Machine, steady: Steady) -> None:
    """Promise 8: undisturbed, it is the machine's wall clock."""
    machine.pass_time(12.5)
    assert steady.now() == pytest.approx(1_700_000_012.5)


def test_set_forward(machine: Machine, steady: Steady) -> None:
    """After a suspend or a correction forward it follows at once: what is due is done."""
    machine.wall += 3600.0
    assert steady.now() == pytest.approx(1_700_003_600.0)


def test_set_back(machine: Machine, steady: Steady) -> None:
    """E35: an NTP step back of an hour: time goes on, slower, and never back."""
    machine.wall -= 3600.0
    before = steady.now()
    assert before == pytest.approx(1_700_000_000.0)
    machine.pass_time(600.0)
    assert steady.now() == pytest.approx(before + 540.0)


def test_both_agree_again(machine: Machine, steady: Steady) -> None:
    """E35: after ten times the step it is the machine's clock again, and stays so."""
    machine.wall -= 60.0
    for _ in range(70):
        machine.pass_time(10.0)
        steady.now()
    assert steady.now() == pytest.approx(machine.wall)


def test_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8: instants come from the wall clock, durations from the one that cannot step."""
    monkeypatch.setattr(time, "monotonic", lambda: 12.5)
    assert clock.monotonic() == 12.5
    monkeypatch.undo()
    assert clock.now() == pytest.approx(time.time(), abs=60.0)

"""The only reader of the clock, whose time never goes back."""

import time

import pytest

from gateway import clock
from gateway.clock import SteadyClock


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
def steady(machine: Machine) -> SteadyClock:
    return SteadyClock(lambda: machine.wall, lambda: machine.mono)


def test_an_undisturbed_clock_is_unix_time(machine: Machine, steady: SteadyClock) -> None:
    """Promise 8: without steps it is the machine's wall clock."""
    machine.pass_time(12.5)
    assert steady.now() == pytest.approx(1_700_000_012.5)


def test_a_step_forward_is_followed_at_once(machine: Machine, steady: SteadyClock) -> None:
    """After a suspend or a correction forward it follows at once."""
    machine.wall += 3600.0
    assert steady.now() == pytest.approx(1_700_003_600.0)


def test_a_step_back_slows_the_clock_down(machine: Machine, steady: SteadyClock) -> None:
    """E35: after an NTP step back of an hour, time runs slower and never goes back."""
    machine.wall -= 3600.0
    before = steady.now()
    assert before == pytest.approx(1_700_000_000.0)
    machine.pass_time(600.0)
    assert steady.now() == pytest.approx(before + 540.0)


def test_a_slowed_clock_agrees_after_ten_times_the_step(
    machine: Machine, steady: SteadyClock
) -> None:
    """E35: after ten times the step it is the machine's clock again."""
    machine.wall -= 60.0
    for _ in range(70):
        machine.pass_time(10.0)
        steady.now()
    assert steady.now() == pytest.approx(machine.wall)


def test_the_real_clock_has_wall_time_and_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8: instants come from the wall clock, durations from the one that cannot step."""
    monkeypatch.setattr(time, "monotonic", lambda: 12.5)
    assert clock.monotonic() == 12.5
    monkeypatch.undo()
    assert clock.now() == pytest.approx(time.time(), abs=60.0)


def test_a_confirmed_machine_clock_ends_the_lead_at_once(
    machine: Machine, steady: SteadyClock
) -> None:
    """E55: if another clock confirms the machine's, an hour's lead ends at once."""
    machine.wall -= 3600.0
    machine.pass_time(10.0)
    assert steady.now() == pytest.approx(machine.wall + 3599.0)
    assert steady.drop_lead() == pytest.approx(3599.0)
    assert steady.now() == pytest.approx(machine.wall)
    assert steady.drop_lead() == 0.0


class Reference:
    """A database's clock, and a replica's that may be wrong."""

    def __init__(self, wrong: float = 0.0) -> None:
        self.time = 1_700_000_000.0
        self.wrong = wrong
        self.following = clock.FollowingClock(lambda: self.time + self.wrong)

    def compare(self, before: float = 0.0, after: float = 0.0) -> tuple[float, float]:
        """Compare; the reading took so many seconds before and after the database's."""
        now = self.following.now()
        return self.following.compare(now - before, now + after, self.time)


@pytest.mark.parametrize("wrong", [90.0, -90.0])
def test_a_wrong_clock_follows_the_database(wrong: float) -> None:
    """E55: a replica writes the right time meanwhile, and reports how wrong its own is."""
    machine = Reference(wrong)
    assert machine.compare() == (wrong, 0.0)
    assert machine.following.now() == pytest.approx(machine.time)
    assert machine.compare() == (pytest.approx(wrong), 0.0)
    machine.wrong = 0.0
    assert machine.compare() == (pytest.approx(0.0), pytest.approx(-wrong))
    assert machine.following.now() == pytest.approx(machine.time)
    assert not clock.is_skewed(machine.following.skew)


def test_a_small_difference_changes_nothing() -> None:
    """E55: up to two seconds the replica's own clock is used."""
    machine = Reference(1.5)
    assert machine.compare() == (1.5, 0.0)
    assert machine.following.now() == pytest.approx(machine.time + 1.5)


@pytest.mark.parametrize(("before", "after"), [(9.0, 0.0), (0.0, 9.0), (5.0, 5.0)])
def test_a_slow_reading_is_not_a_difference(before: float, after: float) -> None:
    """E55: a wait for the writer's lock, or a paused process, is not a difference."""
    assert Reference().compare(before, after) == (0.0, 0.0)


def test_a_clock_set_back_beside_a_database_is_right_at_once(
    machine: Machine, steady: SteadyClock
) -> None:
    """E35, E55: an hour's correction must not stop a replica for ten hours."""
    following = clock.FollowingClock(steady.now, steady.drop_lead)
    machine.wall -= 3600.0
    now = following.now()
    ahead, stepped = following.compare(now, now, machine.wall)
    assert (ahead, stepped) == (pytest.approx(0.0), 0.0)
    assert following.now() == pytest.approx(machine.wall)


def test_the_unstepped_clock_ignores_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """E55: the leases of one process do not end because its machine's clock was set."""
    began = clock.unadjusted_now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.unadjusted_now() == pytest.approx(began, abs=60.0)

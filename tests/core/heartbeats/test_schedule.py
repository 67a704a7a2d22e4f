"""When jobs are late, missing or too slow."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.heartbeats.schedule import HeartbeatStatus, Outage, outage_since
from gateway.core.heartbeats.state import PingKind
from gateway.cron import next_slot
from tests.core.heartbeats.jobs import (
    DAY,
    EVERY_5_MINUTES,
    HOUR,
    MINUTE,
    NIGHTLY,
    Job,
    berlin,
)

UP, LATE, DOWN = HeartbeatStatus.UP, HeartbeatStatus.LATE, HeartbeatStatus.DOWN


def nightly(first: str = "2026-11-17 02:31") -> Job:
    """A job that ran once."""
    job = Job(NIGHTLY, berlin(first) - HOUR)
    job.ping(at=berlin(first))
    return job


def test_new_job_is_never_missing() -> None:
    """A declared job that was never set up stays new."""
    job = Job(NIGHTLY, berlin("2026-11-17 12:00"))
    assert job.status(berlin("2027-11-17 12:00")) is HeartbeatStatus.NEW
    assert job.firing == set()


def test_job_is_late_then_missing_then_up_again() -> None:
    """Late from its slot, down after its grace, up with its ping."""
    job = nightly()
    assert job.status(berlin("2026-11-18 02:29")) is UP
    assert job.status(berlin("2026-11-18 02:30")) is LATE
    assert job.status(berlin("2026-11-18 03:29")) is LATE
    assert job.status(berlin("2026-11-18 03:30")) is DOWN
    assert job.firing == {"missing"}
    job.ping(at=berlin("2026-11-18 04:00"))
    assert job.status(berlin("2026-11-18 04:00")) is UP
    assert job.firing == set()


def test_period_counts_from_the_last_ping() -> None:
    """Each ping moves the deadline."""
    start = berlin("2026-11-18 12:00")
    job = Job(EVERY_5_MINUTES, start)
    job.ping(at=start)
    job.ping(at=start + 4 * MINUTE)
    assert job.status(start + 9 * MINUTE) is LATE
    assert job.status(start + 10 * MINUTE) is DOWN


def test_ping_shortly_before_its_slot_counts_for_it() -> None:
    """A job whose clock is ahead by seconds is not late at once."""
    job = nightly()
    job.ping(at=berlin("2026-11-18 02:29:50"))
    assert job.status(berlin("2026-11-18 12:00")) is UP
    assert job.status(berlin("2026-11-19 03:30")) is DOWN


@pytest.mark.parametrize(
    ("night", "missing"),
    [
        # The clocks skip 02:30 on 28 March, so cron runs the job at 03:00.
        ("2027-03-28", "2027-03-28 04:00"),
        # 02:30 comes twice on 25 October; cron runs the job the first time.
        ("2026-10-25", "2026-10-25 02:30"),
    ],
)
def test_nightly_job_at_a_change_of_the_clocks(night: str, missing: str) -> None:
    """Grace is real time, behind the instant at which cron runs the job."""
    at = berlin(missing, fold=1)
    job = Job(NIGHTLY, at - 3 * DAY)
    job.ping(at=at - DAY)
    assert job.status(at - 1) is LATE
    assert job.status(at) is DOWN, night


@pytest.mark.parametrize("night", ["2026-10-25", "2027-03-28"])
def test_half_hourly_job_is_up_through_a_change_of_the_clocks(night: str) -> None:
    """A cron that runs each half hour of real time is never late, and missed where it stops."""
    job = Job(replace(NIGHTLY, cron="*/30 * * * *", grace=MINUTE), berlin(f"{night} 00:00"))
    t = berlin(f"{night} 00:00")
    for _ in range(10):
        job.ping(at=t + 5)
        assert job.status(t + 29 * MINUTE) is UP
        t += 30 * MINUTE
    assert job.status(t + MINUTE) is DOWN


@pytest.mark.parametrize("night", ["2026-10-25", "2027-03-28"])
def test_period_ignores_changes_of_the_clocks(night: str) -> None:
    """A period is real time."""
    job = Job(replace(EVERY_5_MINUTES, period=HOUR), berlin(f"{night} 00:00"))
    t = berlin(f"{night} 00:00")
    for _ in range(6):
        job.ping(at=t)
        assert job.status(t + HOUR - 1) is UP
        t += HOUR
    assert job.status(t + MINUTE) is DOWN


def test_run_in_progress_is_not_missing_before_its_longest_run_and_grace() -> None:
    """A run that began in time gets its own time before its end is missing."""
    job = nightly()
    job.ping(PingKind.START, at=berlin("2026-11-18 03:20"))
    assert job.status(berlin("2026-11-18 03:25:01")) is HeartbeatStatus.SLOW
    assert job.firing == {"slow"}
    assert job.status(berlin("2026-11-18 03:40")) is HeartbeatStatus.SLOW
    assert job.status(berlin("2026-11-18 04:25")) is DOWN
    assert job.firing == {"slow", "missing"}
    job.ping(at=berlin("2026-11-18 04:30"))
    assert job.firing == set()
    assert job.state.last_duration == 70 * MINUTE


def test_job_that_only_ever_starts_becomes_missing() -> None:
    """A job that crashes after each start cannot postpone its deadline for ever."""
    job = Job(replace(NIGHTLY, cron="0 * * * *", grace=10 * MINUTE), berlin("2026-11-18 00:00"))
    job.ping(at=berlin("2026-11-18 00:00:05"))
    for hour in range(1, 4):
        job.ping(PingKind.START, at=berlin(f"2026-11-18 0{hour}:00:05"))
    assert "missing" in job.firing


def test_start_does_not_bring_a_missing_job_back() -> None:
    """Only the end of a run says that it went well."""
    job = nightly()
    assert job.status(berlin("2026-11-18 03:30")) is DOWN
    job.ping(PingKind.START, at=berlin("2026-11-18 05:00"))
    assert job.status(berlin("2026-11-18 05:01")) is DOWN


def test_failure_lasts_until_a_success() -> None:
    """Starts and log entries do not end it; a success does."""
    job = nightly()
    job.ping(PingKind.FAIL, at=berlin("2026-11-18 02:31"))
    for kind in (PingKind.START, PingKind.LOG, PingKind.FAIL):
        job.ping(kind, at=berlin("2026-11-18 02:40"))
        assert job.firing == {"failed"}
    assert job.state.failed_at == berlin("2026-11-18 02:31")
    job.ping(at=berlin("2026-11-18 02:50"))
    assert job.firing == set()


def test_check_that_began_before_a_failure_does_not_end_its_alert() -> None:
    """Neither a slow check nor a replica whose clock is behind takes the failure back."""
    job = nightly()
    job.ping(PingKind.FAIL, at=berlin("2026-11-18 02:31"))
    job.status(berlin("2026-11-18 02:30:59"))
    assert job.firing == {"failed"}


def test_success_of_another_run_does_not_end_the_watched_one() -> None:
    """Of runs that overlap the newest is watched, by its id."""
    job = nightly()
    job.ping(PingKind.START, at=berlin("2026-11-18 02:30"), run="one")
    job.ping(PingKind.START, at=berlin("2026-11-18 02:31"), run="two")
    job.ping(at=berlin("2026-11-18 02:32"), run="one")
    assert job.status(berlin("2026-11-18 02:36")) is HeartbeatStatus.SLOW
    job.ping(at=berlin("2026-11-18 02:37"), run="two")
    assert job.firing == set()
    assert job.state.last_duration == 6 * MINUTE


def test_job_that_was_due_in_an_outage_is_awaited_again() -> None:
    """Its ping may have been lost: the next one counts."""
    job = nightly()
    end = berlin("2026-11-18 06:00")
    outage = Outage(berlin("2026-11-18 01:00"), end)
    assert job.status(end, outage) is UP
    assert job.status(berlin("2026-11-19 03:29")) is LATE
    assert job.status(berlin("2026-11-19 03:30")) is DOWN


def test_job_that_was_missing_before_an_outage_stays_missing() -> None:
    """An outage of the gateway hides nothing that was known before."""
    job = nightly()
    assert job.status(berlin("2026-11-18 03:30")) is DOWN
    end = berlin("2026-11-18 06:00")
    assert job.status(end, Outage(berlin("2026-11-18 04:00"), end)) is DOWN


def test_job_that_is_due_after_an_outage_is_not_excused() -> None:
    """An outage that ends before the slot changes nothing."""
    job = nightly()
    end = berlin("2026-11-18 02:00")
    assert job.status(end, Outage(berlin("2026-11-17 12:00"), end)) is UP
    assert job.status(berlin("2026-11-18 03:30")) is DOWN


def test_short_outage_costs_no_ping() -> None:
    """Senders try again over two minutes."""
    assert outage_since(1000.0, 1120.0) is None
    assert outage_since(None, 1120.0) is None
    assert outage_since(1000.0, 1121.0) == Outage(1000.0, 1121.0)


def test_changed_schedule_counts_from_the_change() -> None:
    """A job whose schedule became shorter is not missing at once."""
    job = nightly()
    job.heartbeat = replace(NIGHTLY, cron="0 * * * *")
    assert job.status(berlin("2026-11-17 20:10")) is UP
    assert job.status(berlin("2026-11-17 21:00")) is LATE


def test_clock_that_was_set_back_does_not_postpone_the_deadline() -> None:
    """A ping in the future counts as one of now."""
    job = Job(EVERY_5_MINUTES, berlin("2026-11-18 12:00"))
    job.ping(at=berlin("2026-11-18 12:00"))
    assert job.status(berlin("2026-11-18 11:00")) is UP
    assert job.status(berlin("2026-11-18 11:06")) is DOWN


CRONS = ["30 2 * * *", "*/30 * * * *", "0 * * * *", "15 */2 * * *", "0 9 * * mon", "0 0 1 * *"]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]


@given(
    cron=st.sampled_from(CRONS),
    zone=st.sampled_from(ZONES),
    start=st.floats(1.7e9, 1.9e9),
    late=st.floats(0.0, 29 * MINUTE),
)
def test_job_that_follows_its_cron_is_never_missing(
    cron: str, zone: str, start: float, late: float
) -> None:
    """In every zone and season, pings at the slots with less than the grace keep it up."""
    job = Job(replace(NIGHTLY, cron=cron, zone=zone, grace=HOUR), start)
    job.ping(at=start)
    for _ in range(30):
        slot = next_slot(cron, zone, job.now)
        assert slot > job.now
        job.status(slot + late)
        assert job.firing == set()
        job.ping(at=slot + late)

"""The benchmarks run and count correctly. No timing is judged here."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.alerts import format_time
from benchmarks.hostile import BODIES
from benchmarks.soak import Load, Sample, growth
from tests.shared_data import CHECKOUT, real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]


def bench(*arguments: str) -> str:
    """Return the output of the smallest round of every measurement."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--tiny", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def rounds() -> dict[str, Any]:
    """Return every measurement's rounds, by work and program."""
    real_program("prometheus-alertmanager")
    rounds: dict[str, Any] = json.loads(bench("--json"))
    return rounds


def test_each_kind_of_post_was_answered_200_by_both_programs(rounds: dict[str, Any]) -> None:
    """Each kind of post was measured with both programs, and every request answered 200."""
    works = [work for work in rounds if work.startswith("ingest ")]
    assert len(works) == 6
    for work in works:
        for program in ("Alertmanager", "gateway"):
            (figures,) = rounds[work][program]
            assert figures["alerts"] >= 1, (work, program)
            assert figures["rss_mb"] > 10


def test_memory_was_measured_with_all_alerts_active(rounds: dict[str, Any]) -> None:
    """In common groups and each alert alone, on both programs."""
    works = [work for work in rounds if work.startswith("memory")]
    assert len(works) == 2
    for work in works:
        for program in ("Alertmanager", "gateway"):
            (figures,) = rounds[work][program]
            assert figures["alerts"] == 320
            assert figures["peak_mb"] >= figures["rested_mb"] > 10


def test_every_webhook_arrived_at_the_sink(rounds: dict[str, Any]) -> None:
    """Promise 2: in a storm and one by one, both programs notified of each alert."""
    for work in ("end to end", "storm"):
        for program in ("Alertmanager", "gateway"):
            (figures,) = rounds[work][program]
            assert figures["arrived"] == figures["sent"] > 0, (work, program)
    assert rounds["critical in a storm"]["gateway"][0]["critical"]["arrived"] == 1


def test_nothing_answered_200_is_lost_by_kill_9(rounds: dict[str, Any]) -> None:
    """Promise 1: the gateway has and notifies of all of it after the restart."""
    (ours,) = rounds["kill -9"]["gateway"]
    assert ours["answered"] == ours["known"] == ours["notified"] == 20


def test_readers_received_all_that_was_posted(rounds: dict[str, Any]) -> None:
    """Each query returned what it should in both programs; the gateway refused no reader."""
    for program in ("Alertmanager", "gateway"):
        (figures,) = rounds["reading"][program]
        assert figures["one alerts"] == 1
        assert figures["a fifth alerts"] == 200
        assert figures["all alerts"] == figures["all groups alerts"] == 1000
        assert figures["post beside p99 ms"] > 0
    (ours,) = rounds["reading"]["gateway"]
    assert ours["readers"] == ours["served"] == 3


def test_the_table_has_a_row_for_each_work() -> None:
    """`make bench` prints one table for people."""
    table = bench("--only", "start-up")
    assert table.splitlines()[0].startswith("| work")
    assert "| gateway check" in table
    assert "| gateway route" in table


def test_year_on_call_is_printed_with_all_changes() -> None:
    """The command is measured on 500 changes made at run time."""
    rounds = json.loads(bench("--json", "--only", "oncall"))
    (figures,) = rounds["gateway oncall, a year"]["gateway"]
    assert figures["changes"] == 500
    assert figures["shifts"] > 1000
    (figures,) = rounds["gateway oncall --proof 8w"]["gateway"]
    assert figures["people"] > 40


def test_reports_are_read_over_the_whole_history() -> None:
    """Alerts are posted meanwhile, and every request is answered."""
    (rounds,) = json.loads(bench("--json", "--only", "reports")).values()
    (figures,) = rounds["gateway"]
    assert figures["incidents"] == 300
    assert figures["reports meanwhile"] >= 1
    assert 0 < figures["week s"] <= 10
    assert figures["post beside p99 ms"] > 0


def test_verification_of_a_whole_history_has_nothing_missing() -> None:
    """The history is consistent, alerts are posted meanwhile, and every request is answered."""
    (rounds,) = json.loads(bench("--json", "--only", "verification")).values()
    (figures,) = rounds["gateway"]
    assert figures["incidents"] == 300
    assert figures["all s"] > 0
    assert figures["post beside p99 ms"] > 0


def test_long_history_is_compared_with_an_empty_database_and_a_day_is_deleted() -> None:
    """Both gateways answer every request, and posts go on while the oldest day is deleted."""
    (rounds,) = json.loads(bench("--json", "--only", "history")).values()
    (figures,) = rounds["gateway"]
    assert figures["incidents"] == 300
    for name in ("intake", "ack", "page", "list"):
        assert figures[f"{name} p99 ratio"] > 0, name
    assert 0 < figures["deleted"] < 10
    assert figures["post beside p99 ms"] > 0


def test_soak_compares_the_ends_of_the_second_half() -> None:
    """Growth in the first half only, and a single odd sample, are no leak."""
    warm = [Sample(at, 100.0 + min(at, 50.0), 40) for at in range(100)]
    assert growth(warm) == (0.0, 0)
    odd = [*warm[:80], Sample(80, 900.0, 400), *warm[81:]]
    assert growth(odd) == (0.0, 0)
    leak = [Sample(at, 100.0 + at / 10, 40 + at // 10) for at in range(100)]
    assert growth(leak) == (pytest.approx(4.0), 4)


def test_soak_ignores_a_single_moment_with_few_descriptors() -> None:
    """A reload leaves few connections open for a moment, which must not count."""
    hour = [Sample(at, 100.0, 44) for at in range(3600)]
    assert growth([*hour[:1900], Sample(1900, 100.0, 30), *hour[1901:]]) == (0.0, 0)


def test_soak_ignores_bursts_and_sees_one_leaked_descriptor() -> None:
    """Connections that are closed again must not count; one that stays open must."""
    hour = [Sample(at, 100.0, 42 + (at * 7919) % 15) for at in range(3600)]
    assert growth(hour) == (0.0, 0)
    leaking = [Sample(s.at, 100.0, s.descriptors + (s.at >= 2600)) for s in hour]
    assert growth(leaking) == (0.0, 1)


def test_soak_load_fires_and_resolves_each_alert() -> None:
    """Each second some alerts start and the oldest resolve; none is left firing."""
    load = Load(rate=2.0)
    begun, ended = 0, 0
    for second in range(1, 120):
        for report in load.due(float(second)):
            over = str(report["endsAt"]) <= format_time(datetime.now(UTC))
            begun, ended = begun + (not over), ended + over
    assert begun == load.begun == 238
    assert ended == load.ended == begun - len(load.active)
    assert len(load.active) == 60


def test_soak_runs_against_a_real_process() -> None:
    """A few seconds with reloads: it prints its figures and a verdict."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.soak"),
            *("--minutes", "0.1", "--rate", "3", "--reload", "2"),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stderr[-3000:]
    assert "second half: memory" in done.stdout, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] in ("steady", "it grows")


def test_every_hostile_body_was_posted_to_both_programs(rounds: dict[str, Any]) -> None:
    """Health was checked meanwhile, and the critical page arrived."""
    works = [work for work in rounds if work.startswith("hostile: ")]
    assert len(works) == len(BODIES)
    for work in works:
        for program in ("Alertmanager", "gateway"):
            (figures,) = rounds[work][program]
            assert figures["status"] in (200, 400, 413), (work, program)
            assert figures["checks"] > 1
            assert figures["late_ms"] is not None


def test_simulation_plays_all_episodes() -> None:
    """Both files are played, and lead to messages."""
    (rounds,) = json.loads(bench("--json", "--only", "simulation")).values()
    (figures,) = rounds["gateway"]
    assert figures["episodes"] == 300
    assert figures["messages"] > 300
    assert figures["s"] > 0

"""The benchmarks run, and count what they say they count. No timing is judged here."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.shared_data import CHECKOUT, real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]


def bench(*arguments: str) -> str:
    """What the tiniest round of every measurement prints."""
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
def found() -> dict[str, Any]:
    """Every measurement's rounds, by work and program."""
    real_program("prometheus-alertmanager")
    rounds: dict[str, Any] = json.loads(bench("--json"))
    return rounds


def test_both_programs_took_in_what_was_posted(found: dict[str, Any]) -> None:
    """Each way of posting was measured on both programs, with every request answered 200."""
    ways = [work for work in found if work.startswith("ingest ")]
    assert len(ways) == 6
    for work in ways:
        for program in ("Alertmanager", "gateway"):
            (figures,) = found[work][program]
            assert figures["alerts"] >= 1, (work, program)
            assert figures["rss_mb"] > 10


def test_memory_was_measured_with_all_alerts_active(found: dict[str, Any]) -> None:
    """In common groups and each alert alone, on both programs."""
    ways = [work for work in found if work.startswith("memory")]
    assert len(ways) == 2
    for work in ways:
        for program in ("Alertmanager", "gateway"):
            (figures,) = found[work][program]
            assert figures["alerts"] == 320
            assert figures["peak_mb"] >= figures["rested_mb"] > 10


def test_every_webhook_arrived_at_the_sink(found: dict[str, Any]) -> None:
    """Promise 2: in a storm and one by one, each alert was told of, by both programs."""
    for work in ("end to end", "storm"):
        for program in ("Alertmanager", "gateway"):
            (figures,) = found[work][program]
            assert figures["arrived"] == figures["sent"] > 0, (work, program)
    assert found["critical in a storm"]["gateway"][0]["critical"]["arrived"] == 1


def test_nothing_answered_200_is_lost_by_kill_9(found: dict[str, Any]) -> None:
    """Promise 1: ours knows and tells all of it after the restart."""
    (ours,) = found["kill -9"]["gateway"]
    assert ours["answered"] == ours["known"] == ours["notified"] == 20


def test_readers_got_all_that_was_posted(found: dict[str, Any]) -> None:
    """Each question found what it should, at both programs; ours refused no reader."""
    for program in ("Alertmanager", "gateway"):
        (figures,) = found["reading"][program]
        assert figures["one alerts"] == 1
        assert figures["a fifth alerts"] == 200
        assert figures["all alerts"] == figures["all groups alerts"] == 1000
        assert figures["post beside p99 ms"] > 0
    (ours,) = found["reading"]["gateway"]
    assert ours["readers"] == ours["served"] == 3


def test_the_table_has_a_row_for_each_work() -> None:
    """`make bench` prints one table for people."""
    table = bench("--only", "start-up")
    assert table.splitlines()[0].startswith("| work")
    assert "| gateway check" in table
    assert "| gateway route" in table

"""Measurements, each a function of a program that is started for it alone."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import hostile
from benchmarks.programs import (
    Alertmanager,
    Gateway,
    LoadProcess,
    MeasurementError,
    Program,
    gateway,
)
from benchmarks.routes import notifying_routes, silent_routes

FILLED_WITHIN = 600.0
"""Seconds that posting all active alerts may take."""

Figures = dict[str, Any]
ProgramClass = type[Alertmanager] | type[Gateway]


@dataclass(frozen=True, slots=True)
class Size:
    """The amount of work. Counts are of alerts unless noted; times are seconds."""

    rounds: int = 3
    new: int = 300_000
    known: int = 10_000
    seconds: float = 4.0  # at most, of each measurement of ingest
    singles: int = 40_000
    one_by_one: int = 200
    groups: int = 10_000
    criticals: int = 100
    kill_alerts: int = 100
    starts: int = 20
    read: int = 100_000
    tries: int = 3  # of each question, beside the first
    readers: int = 20
    slowly: int = 400
    active: int = 100_000
    rest: float = 60.0  # seconds after the last alert until memory is measured again
    hostile: int = 31_000_000  # bytes of a hostile body
    incidents: int = 100_000  # of a history, each with ten notices
    long: int = 1_000_000  # incidents of a long history, each with one to four notices
    pairs: int = 500  # requests of each kind to the long history and to the empty database


FULL = Size()
QUICK = Size(
    1,
    20_000,
    5_000,
    0.6,
    3_000,
    50,
    1_000,
    10,
    100,
    3,
    10_000,
    3,
    5,
    100,
    20_000,
    2.0,
    incidents=10_000,
    long=50_000,
    pairs=100,
)
TINY = Size(1, 320, 256, 0.2, 64, 5, 64, 1, 20, 1, 1_000, 1, 3, 10, 320, 0.0, 20_000, 300, 300, 5)


@contextmanager
def running(program_class: ProgramClass, load: LoadProcess, routes: str) -> Iterator[Program]:
    """Start a server with empty storage; end it and remove its files afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-", dir="/var/tmp") as home,  # on a disk
        program_class(Path(home), load.sink, routes) as program,
    ):
        yield program


def ingest(program_class: ProgramClass, load: LoadProcess, size: Size, mode: str) -> Figures:
    """Measure POST /api/v2/alerts while no notification is due.

    `mode`, such as "new 64 x4": never seen before, or "known": posted before and now with a later
    end; how many a request; on how many connections.
    """
    kind, batch, connections = mode.replace("x", "").split()
    known, count = kind == "known", size.new if batch != "1" else size.singles
    with running(program_class, load, silent_routes()) as program:
        load.do(
            "prepare",
            port=program.port,
            count=size.known if known else count,
            batch=int(batch),
            known=known,
        )
        before = program.cpu_seconds()
        done = load.do("run", connections=int(connections), seconds=size.seconds, repost=known)
        spent = program.cpu_seconds() - before
        return {
            **done,
            "per_second": done["alerts"] / done["seconds"],
            "cpu_per_100k": 1e5 * spent / done["alerts"],
            "rss_mb": program.megabytes(),
        }


def end_to_end(program_class: ProgramClass, load: LoadProcess, size: Size) -> Figures:
    """Measure from POST to webhook with group_wait 0, one alert at a time."""
    with running(program_class, load, notifying_routes("0s")) as program:
        load.do("one_at_a_time", port=program.port, count=min(10, size.one_by_one), patience=10)
        # New names: the groups above would wait for their group_interval.
        return load.do(
            "one_at_a_time", port=program.port, count=size.one_by_one, first=1000, patience=10
        )


def storm(
    program_class: ProgramClass, load: LoadProcess, size: Size, criticals: int = 0
) -> Figures:
    """Measure many groups at once with group_wait 1 s, a webhook for each."""
    with running(program_class, load, notifying_routes("1s")) as program:
        before = program.cpu_seconds()
        done = load.do(
            "storm",
            port=program.port,
            groups=size.groups,
            group_wait=1.0,
            criticals=criticals,
            patience=60,
        )
        return {
            **done,
            "per_second": done["arrived"] / max(0.001, done["all_in"] - 1.0),
            "cpu_ms_each": 1000 * (program.cpu_seconds() - before) / max(1, done["arrived"]),
            "peak_mb": program.megabytes("VmHWM"),
        }


def memory(program_class: ProgramClass, load: LoadProcess, size: Size, *, alone: bool) -> Figures:
    """Measure memory with many active alerts, in 500 groups or each `alone` in its own."""
    routes = silent_routes('["..."]' if alone else "[alertname, namespace]")
    with running(program_class, load, routes) as program:
        idle = program.megabytes()
        load.do("prepare", port=program.port, count=size.active, batch=64)
        done = load.do("run", connections=4, seconds=FILLED_WITHIN)
        filled = program.megabytes()
        time.sleep(size.rest)
        return {
            "alerts": done["alerts"],
            "idle_mb": idle,
            "filled_mb": filled,
            "rested_mb": program.megabytes(),
            "peak_mb": program.megabytes("VmHWM"),
        }


def hostile_body(program_class: ProgramClass, load: LoadProcess, size: Size, what: str) -> Figures:
    """Measure health checks and a critical page while a hostile body is posted."""
    with running(program_class, load, hostile.ROUTES) as program:
        load.do("prepare", port=program.port, count=64, batch=64, known=True)
        before = program.megabytes()
        done = load.do("attack", port=program.port, what=what, size=size.hostile)
        grown = program.megabytes("VmHWM") - before
        return {**done, "grown_mb": grown, "times_body": grown / (done["bytes"] / 2**20)}


def kill_and_restart(program_class: ProgramClass, load: LoadProcess, size: Size) -> Figures:
    """Post alerts, kill -9 before their group_wait of 3 s ends, and restart."""
    with running(program_class, load, notifying_routes("3s")) as program:
        answered = load.do("post", port=program.port, count=size.kill_alerts)["answered"]
        program.kill()
        program.start()
        known = program.known()
        answer = load.do("notified", count=answered, patience=5)
        return {"answered": answered, "known": known, "notified": answer["alerts"]}


def start_up(arguments: list[str], size: Size) -> Figures:
    """Measure the seconds that a `gateway` command takes, its start-up included."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as home:
        (Path(home) / "routes.yaml").write_text(
            "receivers: [{name: sink, webhook: [{url: 'http://127.0.0.1:9/'}]}]\n" + silent_routes()
        )
        took = []
        for _ in range(size.starts):
            start = time.monotonic()
            done = subprocess.run(
                [str(gateway()), *arguments], cwd=home, capture_output=True, text=True
            )
            took.append(time.monotonic() - start)
            if done.returncode != 0:
                raise MeasurementError(f"gateway {' '.join(arguments)}: {done.stderr}{done.stdout}")
        return {"runs": len(took), "median_s": median(took), "max_s": max(took)}

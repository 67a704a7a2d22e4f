"""What is measured, each as a function of a program that is started afresh for it."""

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
from benchmarks.programs import Alertmanager, Gateway, Program, Trouble, World, gateway
from benchmarks.routes import quiet, speaking

FILLED_WITHIN = 600.0
"""Seconds that taking in all active alerts may last."""

Figures = dict[str, Any]
Maker = type[Alertmanager] | type[Gateway]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done. Counts are of alerts unless said otherwise; times are seconds."""

    rounds: int = 3
    new: int = 300_000
    known: int = 10_000
    seconds: float = 4.0  # at most, of each measurement of ingest
    singles: int = 40_000
    one_by_one: int = 200
    groups: int = 10_000
    criticals: int = 100
    kept: int = 100
    starts: int = 20
    read: int = 100_000
    tries: int = 3  # of each question, beside the first
    readers: int = 20
    slowly: int = 400
    active: int = 100_000
    rest: float = 60.0  # seconds after the last alert until memory is looked at again
    hostile: int = 31_000_000  # bytes of a hostile body


FULL = Size()
QUICK = Size(1, 20_000, 5_000, 0.6, 3_000, 50, 1_000, 10, 100, 3, 10_000, 3, 5, 100, 20_000, 2.0)
TINY = Size(1, 320, 256, 0.2, 64, 5, 64, 1, 20, 1, 1_000, 1, 3, 10, 320, 0.0, 20_000)


@contextmanager
def running(make: Maker, world: World, routes: str) -> Iterator[Program]:
    """A fresh server, ended and cleaned up afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-", dir="/var/tmp") as home,  # on a disk
        make(Path(home), world.sink, routes) as program,
    ):
        yield program


def ingest(make: Maker, world: World, size: Size, mode: str) -> Figures:
    """Alerts taken in by POST /api/v2/alerts, while nothing is to be told.

    `mode`, such as "new 64 x4": never seen before, or "known": posted before and now with a later
    end; how many a request; on how many connections.
    """
    kind, batch, connections = mode.replace("x", "").split()
    known, count = kind == "known", size.new if batch != "1" else size.singles
    with running(make, world, quiet()) as program:
        world.do(
            "prepare",
            port=program.port,
            count=size.known if known else count,
            batch=int(batch),
            known=known,
        )
        before = program.cpu_seconds()
        done = world.do("run", connections=int(connections), seconds=size.seconds, repost=known)
        spent = program.cpu_seconds() - before
        return {
            **done,
            "per_second": done["alerts"] / done["seconds"],
            "cpu_per_100k": 1e5 * spent / done["alerts"],
            "rss_mb": program.megabytes(),
        }


def end_to_end(make: Maker, world: World, size: Size) -> Figures:
    """From POST to arrival at a webhook with group_wait 0, one alert at a time."""
    with running(make, world, speaking("0s")) as program:
        world.do("one_at_a_time", port=program.port, count=min(10, size.one_by_one), patience=10)
        # New names: what was told of above would have to wait for its group_interval.
        return world.do(
            "one_at_a_time", port=program.port, count=size.one_by_one, first=1000, patience=10
        )


def storm(make: Maker, world: World, size: Size, criticals: int = 0) -> Figures:
    """Many groups at once with group_wait 1 s, a webhook for each."""
    with running(make, world, speaking("1s")) as program:
        before = program.cpu_seconds()
        done = world.do(
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


def memory(make: Maker, world: World, size: Size, *, alone: bool) -> Figures:
    """Resident memory with many active alerts, in 500 groups or each `alone` in its own."""
    routes = quiet('["..."]' if alone else "[alertname, namespace]")
    with running(make, world, routes) as program:
        idle = program.megabytes()
        world.do("prepare", port=program.port, count=size.active, batch=64)
        done = world.do("run", connections=4, seconds=FILLED_WITHIN)
        filled = program.megabytes()
        time.sleep(size.rest)
        return {
            "alerts": done["alerts"],
            "idle_mb": idle,
            "filled_mb": filled,
            "rested_mb": program.megabytes(),
            "peak_mb": program.megabytes("VmHWM"),
        }


def attacked(make: Maker, world: World, size: Size, what: str) -> Figures:
    """A hostile body, beside health checks and a critical page that falls due meanwhile."""
    with running(make, world, hostile.ROUTES) as program:
        world.do("prepare", port=program.port, count=64, batch=64, known=True)
        before = program.megabytes()
        done = world.do("attack", port=program.port, what=what, size=size.hostile)
        grown = program.megabytes("VmHWM") - before
        return {**done, "grown_mb": grown, "times_body": grown / (done["bytes"] / 2**20)}


def killed(make: Maker, world: World, size: Size) -> Figures:
    """Alerts answered 200, then kill -9 before their group_wait of 3 s ends, and a restart."""
    with running(make, world, speaking("3s")) as program:
        answered = world.do("post", port=program.port, count=size.kept)["answered"]
        program.kill()
        program.start()
        known = program.known()
        told = world.do("notified", count=answered, patience=5)
        return {"answered": answered, "known": known, "notified": told["alerts"]}


def start_up(arguments: list[str], size: Size) -> Figures:
    """Seconds that a command of ours takes, its start included."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as home:
        (Path(home) / "routes.yaml").write_text(
            "receivers: [{name: sink, webhook: [{url: 'http://127.0.0.1:9/'}]}]\n" + quiet()
        )
        took = []
        for _ in range(size.starts):
            begun = time.monotonic()
            done = subprocess.run(
                [str(gateway()), *arguments], cwd=home, capture_output=True, text=True
            )
            took.append(time.monotonic() - begun)
            if done.returncode != 0:
                raise Trouble(f"gateway {' '.join(arguments)}: {done.stderr}{done.stdout}")
        return {"runs": len(took), "median_s": median(took), "max_s": max(took)}

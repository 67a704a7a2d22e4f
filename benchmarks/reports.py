"""Measurements of reports over a long history, and of posts beside them."""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.history import History
from benchmarks.measure import Figures, Size
from benchmarks.programs import Gateway, LoadProcess, MeasurementError, Program
from benchmarks.routes import silent_routes

DAY = 86400.0
HISTORY = 89 * DAY
"""Seconds of history: less than the default retention, so nothing of it is deleted meanwhile."""

PATIENCE = 120.0


def reports(load: LoadProcess, size: Size) -> Figures:
    """Measure reports over a week and over everything, then posts alone and beside reports."""
    with filled(load, size) as program:
        week = [_seconds(program, 7 * DAY, by="team") for _ in range(1 + size.tries)]
        cpu = program.cpu_seconds()
        whole = [_seconds(program, HISTORY, by="alertname") for _ in range(1 + size.tries)]
        cpu = (program.cpu_seconds() - cpu) / len(whole)
        alone = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        with _reports_running(program) as done:
            beside = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        return {
            "incidents": size.incidents,
            "week s": median(week[1:]),
            "all s": median(whole[1:]),
            "all cpu s": cpu,
            "reports meanwhile": len(done),
            "post alone p99 ms": alone["p99_ms"],
            "post beside p50 ms": beside["p50_ms"],
            "post beside p99 ms": beside["p99_ms"],
        }


@contextmanager
def filled(load: LoadProcess, size: Size) -> Iterator[Program]:
    """Start a gateway whose database has a history."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir="/var/tmp") as home:  # on a disk
        program = Gateway(Path(home), load.sink, silent_routes())
        with program:  # creates the tables
            pass
        History(size.incidents, HISTORY / DAY, time.time()).write(Path(home) / "gateway.db")
        with program:
            yield program


def _seconds(program: Program, length: float, by: str) -> float:
    """Return how long the API takes to answer with a report of the last `length` seconds."""
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - length))
    path = f"/api/v1/reports/figures?{urlencode({'from': since, 'by': by})}"
    start = time.monotonic()
    with urlopen(f"http://127.0.0.1:{program.port}{path}", timeout=PATIENCE) as answer:
        report = json.load(answer)
    took = time.monotonic() - start
    if not report["totals"]["incidents"]:
        raise MeasurementError("the report has no incidents")
    return took


@contextmanager
def _reports_running(program: Program) -> Iterator[list[float]]:
    """Ask for reports over everything, one after the other; the list has how long each took."""
    done: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            done.append(_seconds(program, HISTORY, by="team"))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(PATIENCE)

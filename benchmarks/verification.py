"""Measurements of a verification of a long history, and of posts beside it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.measure import Figures, Size
from benchmarks.programs import LoadProcess, MeasurementError, Program
from benchmarks.reports import DAY, HISTORY, filled

PATIENCE = 1800.0


def verification(load: LoadProcess, size: Size) -> Figures:
    """Measure a verification of two days and of everything, then posts alone and beside it."""
    with filled(load, size) as program:
        nights = [_seconds(program, 2 * DAY) for _ in range(1 + size.tries)]
        before, cpu = program.megabytes("VmRSS"), program.cpu_seconds()
        whole = _seconds(program, HISTORY)
        cpu = program.cpu_seconds() - cpu
        peak = program.megabytes("VmHWM")
        alone = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        with _verifying(program) as done:
            beside = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        return {
            "incidents": size.incidents,
            "two days s": sorted(nights[1:])[len(nights[1:]) // 2],
            "all s": whole,
            "all cpu s": cpu,
            "memory before MB": before,
            "peak MB": peak,
            "verifications meanwhile": len(done),
            "post alone p99 ms": alone["p99_ms"],
            "post beside p50 ms": beside["p50_ms"],
            "post beside p99 ms": beside["p99_ms"],
        }


def _seconds(program: Program, length: float) -> float:
    """Return how long the API takes to verify the last `length` seconds, with nothing missing."""
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - length))
    path = f"/api/v1/verify?{urlencode({'from': since})}"
    start = time.monotonic()
    with urlopen(f"http://127.0.0.1:{program.port}{path}", timeout=PATIENCE) as answer:
        result = json.load(answer)
    took = time.monotonic() - start
    if not result["checked"]["incidents"] or result["missing"]:
        raise MeasurementError(f"{result['missing']} missing: {result['broken'][:3]}")
    return took


@contextmanager
def _verifying(program: Program) -> Iterator[list[float]]:
    """Verify everything, one time after the other; the list has how long each took."""
    done: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            done.append(_seconds(program, HISTORY))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(PATIENCE)

"""Measurements of reading alerts: one of many, a part, all, and many readers at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.measure import Figures, ProgramClass, Size, running
from benchmarks.programs import LoadProcess, Program
from benchmarks.routes import silent_routes

ALERTS = "/api/v2/alerts"
QUESTIONS = {
    "one": f"{ALERTS}?filter=" + quote('instance="10.0.0.7:9100"'),
    "a fifth": f"{ALERTS}?filter=" + quote('namespace=~"namespace-0[0-3]"'),
    "all": ALERTS,
    "all groups": f"{ALERTS}/groups",
}


def reading(program_class: ProgramClass, load: LoadProcess, size: Size) -> Figures:
    """Measure each query a few times, then many readers of everything while alerts arrive."""
    with running(program_class, load, silent_routes()) as program, LoadProcess() as readers:
        load.do("prepare", port=program.port, count=size.read, batch=64)
        load.do("run", connections=4, seconds=600)
        results: Figures = {}
        for name, path in QUESTIONS.items():
            tries = [
                readers.do("read", port=program.port, path=path, readers=1, least=1)
                for _ in range(1 + size.tries)
            ]
            results[f"{name} first ms"] = tries[0]["last_ms"]
            results[f"{name} ms"] = sorted(one["last_ms"] for one in tries[1:])[size.tries // 2]
            results[f"{name} alerts"] = tries[-1]["alerts"]
        return {**results, **_many_readers(program, load, readers, size)}


def _many_readers(program: Program, load: LoadProcess, readers: LoadProcess, size: Size) -> Figures:
    """Measure twenty readers of everything, with a POST every 20 ms meanwhile."""
    alone = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
    with _peak(program) as grown:
        everything = {"path": ALERTS, "readers": size.readers, "least": size.read}
        readers.order("read", port=program.port, **everything)
        beside = load.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        answer = readers.answer()
    return {
        "readers": answer["readers"],
        "served": answer["served"],
        "last reader s": answer["last_ms"] / 1000,
        "grown mb": grown[0],
        "post alone p99 ms": alone["p99_ms"],
        "post beside p50 ms": beside["p50_ms"],
        "post beside p99 ms": beside["p99_ms"],
    }


@contextmanager
def _peak(program: Program) -> Iterator[list[float]]:
    """Measure the peak growth in megabytes inside the block; the list has it afterwards."""
    before = program.megabytes()
    Path(f"/proc/{program.pid}/clear_refs").write_text("5")  # the peak begins anew (proc(5))
    grown: list[float] = []
    yield grown
    grown.append(program.megabytes("VmHWM") - before)

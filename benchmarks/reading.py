"""How alerts are read: one of many, a part, all of them, and by many readers at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.measure import Figures, Maker, Size, running
from benchmarks.programs import Program, World
from benchmarks.routes import quiet

ALERTS = "/api/v2/alerts"
QUESTIONS = {
    "one": f"{ALERTS}?filter=" + quote('instance="10.0.0.7:9100"'),
    "a fifth": f"{ALERTS}?filter=" + quote('namespace=~"namespace-0[0-3]"'),
    "all": ALERTS,
    "all groups": f"{ALERTS}/groups",
}


def reading(make: Maker, world: World, size: Size) -> Figures:
    """Each question a few times, and then many who read everything while alerts come in."""
    with running(make, world, quiet()) as program, World() as readers:
        world.do("prepare", port=program.port, count=size.read, batch=64)
        world.do("run", connections=4, seconds=600)
        found: Figures = {}
        for name, path in QUESTIONS.items():
            tries = [
                readers.do("read", port=program.port, path=path, readers=1, least=1)
                for _ in range(1 + size.tries)
            ]
            found[f"{name} first ms"] = tries[0]["last_ms"]
            found[f"{name} ms"] = sorted(one["last_ms"] for one in tries[1:])[size.tries // 2]
            found[f"{name} alerts"] = tries[-1]["alerts"]
        return {**found, **_crowd(program, world, readers, size)}


def _crowd(program: Program, world: World, readers: World, size: Size) -> Figures:
    """Twenty readers of everything, and a POST every 20 ms meanwhile."""
    alone = world.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
    with _peak(program) as grown:
        crowd = {"path": ALERTS, "readers": size.readers, "least": size.read}
        readers.order("read", port=program.port, **crowd)
        beside = world.do("post_slowly", port=program.port, count=size.slowly, every=0.02)
        told = readers.answer()
    return {
        "readers": told["readers"],
        "served": told["served"],
        "last reader s": told["last_ms"] / 1000,
        "grown mb": grown[0],
        "post alone p99 ms": alone["p99_ms"],
        "post beside p50 ms": beside["p50_ms"],
        "post beside p99 ms": beside["p99_ms"],
    }


@contextmanager
def _peak(program: Program) -> Iterator[list[float]]:
    """How many megabytes the program grew by at the most, inside; known afterwards."""
    before = program.megabytes()
    Path(f"/proc/{program.pid}/clear_refs").write_text("5")  # the peak begins anew (proc(5))
    grown: list[float] = []
    yield grown
    grown.append(program.megabytes("VmHWM") - before)

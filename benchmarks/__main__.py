"""`python -m benchmarks`: measure the gateway and, where one is installed, a real Alertmanager.

Both do the same work on the same machine in one run, alternating, because machines are noisy:
compare the ratios.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from benchmarks import measure, table
from benchmarks.hostile import BODIES
from benchmarks.long_history import long_history
from benchmarks.measure import FULL, QUICK, TINY, Figures, ProgramClass, Size
from benchmarks.oncall import oncall, proof
from benchmarks.programs import Alertmanager, Gateway, LoadProcess, alertmanager
from benchmarks.reading import reading
from benchmarks.reports import reports
from benchmarks.simulation import simulation
from benchmarks.verification import verification

INGEST = ("new 64 x4", "known 64 x4", "new 1 x1", "new 1 x4", "known 1 x1", "known 1 x4")
Measured = tuple[str, table.Rounds]
"""The name of a measurement, and the rounds of each program."""


def alternate(
    programs: list[ProgramClass], rounds: int, work: Callable[[ProgramClass], Figures]
) -> table.Rounds:
    """Run each round on each program; the program that goes first alternates."""
    done: table.Rounds = {program_class.name: [] for program_class in programs}
    for number in range(rounds):
        for program_class in programs if number % 2 == 0 else reversed(programs):
            done[program_class.name].append(work(program_class))
    return done


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks: its size, the programs, and where progress is reported."""

    size: Size
    programs: list[ProgramClass]
    load: LoadProcess
    report: Callable[[str], None]

    def alternating(self, work: Callable[[ProgramClass], Figures], rounds: int) -> table.Rounds:
        """Run `work` in so many rounds on each program."""
        return alternate(self.programs, rounds, work)

    def ingest(self) -> Iterator[Measured]:
        for mode in INGEST:
            self.report(f"ingest {mode} …")
            work = partial(measure.ingest, load=self.load, size=self.size, mode=mode)
            yield f"ingest {mode}", self.alternating(work, self.size.rounds)

    def end_to_end(self) -> Iterator[Measured]:
        self.report("end to end …")
        work = partial(measure.end_to_end, load=self.load, size=self.size)
        yield "end to end", self.alternating(work, self.size.rounds)

    def storm(self) -> Iterator[Measured]:
        self.report("storm …")
        work = partial(measure.storm, load=self.load, size=self.size)
        yield "storm", self.alternating(work, self.size.rounds)
        with_criticals = partial(work, criticals=self.size.criticals)
        yield "critical in a storm", alternate([Gateway], 1, with_criticals)

    def kill(self) -> Iterator[Measured]:
        self.report("kill -9 …")
        work = partial(measure.kill_and_restart, load=self.load, size=self.size)
        yield "kill -9", self.alternating(work, 1)

    def memory(self) -> Iterator[Measured]:
        for alone, groups in ((False, "in 500 groups"), (True, "each its own group")):
            self.report(f"memory, {groups} …")
            work = partial(measure.memory, load=self.load, size=self.size, alone=alone)
            yield f"memory, {self.size.active:,} {groups}", self.alternating(work, 1)

    def reading(self) -> Iterator[Measured]:
        self.report("reading …")
        work = partial(reading, load=self.load, size=self.size)
        yield "reading", self.alternating(work, min(2, self.size.rounds))

    def hostile(self) -> Iterator[Measured]:
        for what in BODIES:
            self.report(f"hostile body: {what} …")
            work = partial(measure.hostile_body, load=self.load, size=self.size, what=what)
            yield f"hostile: {what}", self.alternating(work, 1)

    def oncall(self) -> Iterator[Measured]:
        self.report("gateway oncall …")
        yield "gateway oncall, a year", {Gateway.name: [oncall(self.load, self.size)]}
        yield "gateway oncall --proof 8w", {Gateway.name: [proof(self.size)]}

    def reports(self) -> Iterator[Measured]:
        self.report("reports …")
        yield (
            f"reports of {self.size.incidents:,} incidents",
            {Gateway.name: [reports(self.load, self.size)]},
        )

    def verification(self) -> Iterator[Measured]:
        self.report("verification …")
        yield (
            f"verification of {self.size.incidents:,} incidents",
            {Gateway.name: [verification(self.load, self.size)]},
        )

    def history(self) -> Iterator[Measured]:
        self.report("history …")
        yield (
            f"history of {self.size.long:,} incidents",
            {Gateway.name: [long_history(self.load, self.size)]},
        )

    def simulation(self) -> Iterator[Measured]:
        self.report("simulation …")
        yield (
            f"simulation of {self.size.incidents:,} episodes",
            {Gateway.name: [simulation(self.size)]},
        )

    def start_up(self) -> Iterator[Measured]:
        self.report("start-up …")
        for arguments in (["check"], ["route", "severity=critical"]):
            figures = measure.start_up(arguments, self.size)
            yield f"gateway {arguments[0]}", {Gateway.name: [figures]}


PARTS: dict[str, Callable[[Run], Iterator[Measured]]] = {
    "ingest": Run.ingest,
    "end-to-end": Run.end_to_end,
    "storm": Run.storm,
    "kill": Run.kill,
    "memory": Run.memory,
    "reading": Run.reading,
    "hostile": Run.hostile,
    "start-up": Run.start_up,
    "oncall": Run.oncall,
    "reports": Run.reports,
    "verification": Run.verification,
    "history": Run.history,
    "simulation": Run.simulation,
}


def run(size: Size, parts: list[str], report: Callable[[str], None]) -> dict[str, table.Rounds]:
    """Run the parts; return the rounds of each program by measurement."""
    programs: list[ProgramClass] = [Gateway] if alertmanager() is None else [Alertmanager, Gateway]
    with LoadProcess() as load:
        one_run = Run(size, programs, load, report)
        return dict(
            measured for part in PARTS if part in parts for measured in PARTS[part](one_run)
        )


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="under a minute, rougher")
    how.add_argument("--tiny", action="store_true", help="only to see that all of it works")
    parser.add_argument("--json", action="store_true", help="every round, as JSON")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part (repeatable)")
    parser.add_argument("--active", type=int, help="how many alerts fill the memory")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else TINY if arguments.tiny else FULL
    size = replace(size, active=arguments.active or size.active)
    if alertmanager() is None:
        print("no prometheus-alertmanager on PATH: measuring the gateway alone", file=sys.stderr)
    results = run(
        size,
        arguments.only or list(PARTS),
        lambda text: print(text, file=sys.stderr, flush=True),
    )
    print(json.dumps(results, indent=1) if arguments.json else table.text(results))


if __name__ == "__main__":
    main()

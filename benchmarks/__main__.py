"""`python -m benchmarks`: measure the gateway and, where one is installed, a real Alertmanager.

Both do the same work on the same machine in one run, alternating, because machines are noisy:
compare the ratios.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace

from benchmarks import measure, table
from benchmarks.hostile import BODIES
from benchmarks.measure import FULL, QUICK, TINY, Figures, ProgramClass, Size
from benchmarks.programs import Alertmanager, Gateway, LoadProcess, alertmanager
from benchmarks.reading import reading

INGEST = ("new 64 x4", "known 64 x4", "new 1 x1", "new 1 x4", "known 1 x1", "known 1 x4")
PARTS = ("ingest", "end-to-end", "storm", "kill", "memory", "reading", "hostile", "start-up")


def alternate(
    programs: list[ProgramClass], rounds: int, work: Callable[[ProgramClass], Figures]
) -> table.Rounds:
    """Run each round on each program; the program that goes first alternates."""
    done: table.Rounds = {program_class.name: [] for program_class in programs}
    for number in range(rounds):
        for program_class in programs if number % 2 == 0 else reversed(programs):
            done[program_class.name].append(work(program_class))
    return done


def run(size: Size, parts: list[str], report: Callable[[str], None]) -> dict[str, table.Rounds]:
    """Run the parts; return the rounds of each program by measurement."""
    programs: list[ProgramClass] = [Gateway] if alertmanager() is None else [Alertmanager, Gateway]
    results: dict[str, table.Rounds] = {}
    with LoadProcess() as load:
        if "ingest" in parts:
            for mode in INGEST:
                report(f"ingest {mode} …")
                results[f"ingest {mode}"] = alternate(
                    programs,
                    size.rounds,
                    lambda program_class, mode=mode: measure.ingest(
                        program_class, load, size, mode
                    ),
                )
        if "end-to-end" in parts:
            report("end to end …")
            results["end to end"] = alternate(
                programs,
                size.rounds,
                lambda program_class: measure.end_to_end(program_class, load, size),
            )
        if "storm" in parts:
            report("storm …")
            results["storm"] = alternate(
                programs,
                size.rounds,
                lambda program_class: measure.storm(program_class, load, size),
            )
            results["critical in a storm"] = alternate(
                [Gateway],
                1,
                lambda program_class: measure.storm(program_class, load, size, size.criticals),
            )
        if "kill" in parts:
            report("kill -9 …")
            results["kill -9"] = alternate(
                programs,
                1,
                lambda program_class: measure.kill_and_restart(program_class, load, size),
            )
        if "memory" in parts:
            for alone, groups in ((False, "in 500 groups"), (True, "each its own group")):
                report(f"memory, {groups} …")
                results[f"memory, {size.active:,} {groups}"] = alternate(
                    programs,
                    1,
                    lambda program_class, alone=alone: measure.memory(
                        program_class, load, size, alone=alone
                    ),
                )
        if "reading" in parts:
            report("reading …")
            rounds = 1 if size.rounds == 1 else 2
            results["reading"] = alternate(
                programs, rounds, lambda program_class: reading(program_class, load, size)
            )
        if "hostile" in parts:
            for what in BODIES:
                report(f"hostile body: {what} …")
                results[f"hostile: {what}"] = alternate(
                    programs,
                    1,
                    lambda program_class, what=what: measure.hostile_body(
                        program_class, load, size, what
                    ),
                )
    if "start-up" in parts:
        report("start-up …")
        for arguments in (["check"], ["route", "severity=critical"]):
            results[f"gateway {arguments[0]}"] = {Gateway.name: [measure.start_up(arguments, size)]}
    return results


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

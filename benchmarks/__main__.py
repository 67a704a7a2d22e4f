"""`python -m benchmarks`: measure the gateway and, where one is installed, a real Alertmanager.

Both do the same work on the same machine in one run, in turns: machines are noisy, so ratios count.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace

from benchmarks import measure, table
from benchmarks.hostile import BODIES
from benchmarks.measure import FULL, QUICK, TINY, Figures, Maker, Size
from benchmarks.programs import Alertmanager, Gateway, World, alertmanager
from benchmarks.reading import reading

INGEST = ("new 64 x4", "known 64 x4", "new 1 x1", "new 1 x4", "known 1 x1", "known 1 x4")
PARTS = ("ingest", "end-to-end", "storm", "kill", "memory", "reading", "hostile", "start-up")


def in_turns(makers: list[Maker], rounds: int, work: Callable[[Maker], Figures]) -> table.Rounds:
    """Each round of each program, who begins changing with the round."""
    done: table.Rounds = {make.name: [] for make in makers}
    for number in range(rounds):
        for make in makers if number % 2 == 0 else reversed(makers):
            done[make.name].append(work(make))
    return done


def run(size: Size, parts: list[str], say: Callable[[str], None]) -> dict[str, table.Rounds]:
    """Everything asked for: by measurement, the rounds of each program."""
    makers: list[Maker] = [Gateway] if alertmanager() is None else [Alertmanager, Gateway]
    found: dict[str, table.Rounds] = {}
    with World() as world:
        if "ingest" in parts:
            for mode in INGEST:
                say(f"ingest {mode} …")
                found[f"ingest {mode}"] = in_turns(
                    makers,
                    size.rounds,
                    lambda make, mode=mode: measure.ingest(make, world, size, mode),
                )
        if "end-to-end" in parts:
            say("end to end …")
            found["end to end"] = in_turns(
                makers, size.rounds, lambda make: measure.end_to_end(make, world, size)
            )
        if "storm" in parts:
            say("storm …")
            found["storm"] = in_turns(
                makers, size.rounds, lambda make: measure.storm(make, world, size)
            )
            found["critical in a storm"] = in_turns(
                [Gateway], 1, lambda make: measure.storm(make, world, size, size.criticals)
            )
        if "kill" in parts:
            say("kill -9 …")
            found["kill -9"] = in_turns(makers, 1, lambda make: measure.killed(make, world, size))
        if "memory" in parts:
            for alone, groups in ((False, "in 500 groups"), (True, "each its own group")):
                say(f"memory, {groups} …")
                found[f"memory, {size.active:,} {groups}"] = in_turns(
                    makers,
                    1,
                    lambda make, alone=alone: measure.memory(make, world, size, alone=alone),
                )
        if "reading" in parts:
            say("reading …")
            rounds = 1 if size.rounds == 1 else 2
            found["reading"] = in_turns(makers, rounds, lambda make: reading(make, world, size))
        if "hostile" in parts:
            for what in BODIES:
                say(f"hostile body: {what} …")
                found[f"hostile: {what}"] = in_turns(
                    makers, 1, lambda make, what=what: measure.attacked(make, world, size, what)
                )
    if "start-up" in parts:
        say("start-up …")
        for arguments in (["check"], ["route", "severity=critical"]):
            found[f"gateway {arguments[0]}"] = {Gateway.name: [measure.start_up(arguments, size)]}
    return found


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="under a minute, rougher")
    how.add_argument("--tiny", action="store_true", help="only to see that all of it works")
    parser.add_argument("--json", action="store_true", help="every round, as JSON")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part (repeatable)")
    parser.add_argument("--active", type=int, help="how many alerts fill the memory")
    given = parser.parse_args()
    size = QUICK if given.quick else TINY if given.tiny else FULL
    size = replace(size, active=given.active or size.active)
    if alertmanager() is None:
        print("no prometheus-alertmanager on PATH: measuring the gateway alone", file=sys.stderr)
    found = run(
        size,
        given.only or list(PARTS),
        lambda text: print(text, file=sys.stderr, flush=True),
    )
    print(json.dumps(found, indent=1) if given.json else table.text(found))


if __name__ == "__main__":
    main()

"""Measurement of `gateway oncall` over a year of many rotas with changes made at run time."""

import json
import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from benchmarks.measure import Figures, Size, running
from benchmarks.programs import Gateway, LoadProcess, MeasurementError, Program, gateway
from benchmarks.routes import silent_routes

ROTAS, PEOPLE, SHIFTS_EACH = 20, 50, 25
"""Rotas, people, and changes of each rota: 500 in all."""

ROUTES = 200
"""Routes of a proof."""


def oncall(load: LoadProcess, size: Size) -> Figures:
    """Measure the seconds of `gateway oncall` over a year, its start-up included."""
    with running(Gateway, load, rota_routes()) as program:
        changes = sum(_add_changes(program, number) for number in range(ROTAS))
        took, lines = [], 0
        cpu = _cpu_seconds(program)
        for _ in range(size.starts):
            start = time.monotonic()
            lines = _print_year(program)
            took.append(time.monotonic() - start)
        cpu = _cpu_seconds(program) - cpu
    return {
        "runs": len(took),
        "changes": changes,
        "shifts": lines - 1,
        "cpu_s": cpu / len(took),
        "median_s": median(took),
        "max_s": max(took),
    }


def proof(size: Size) -> Figures:
    """Measure the seconds of a proof of eight weeks for many routes, its start-up included."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "routes.yaml"
        file.write_text(escalating_routes())
        took = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(size.starts):
            start = time.monotonic()
            command = [str(gateway()), "oncall", "--proof", "8w", "--config", str(file), "--json"]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True)
            took.append(time.monotonic() - start)
            if done.returncode not in (0, 1):
                raise MeasurementError(f"gateway oncall --proof: {done.stderr}{done.stdout}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "runs": len(took),
        "people": len(json.loads(done.stdout)["shares"]),
        "cpu_s": cpu / len(took),
        "median_s": median(took),
        "max_s": max(took),
    }


def escalating_routes() -> str:
    """Return the routes of `rota_routes` with ROUTES routes, each with an escalation of its own."""
    text = rota_routes().removesuffix(silent_routes())
    escalations, receivers, routes = "escalations:\n", "receivers:\n  - {name: all}\n", ""
    for number in range(ROUTES):
        first, second = number % ROTAS, (number + 1) % ROTAS
        steps = f'{{notify: ["rota:rota{first}"], wait: 15m}}, {{notify: ["rota:rota{second}"]}}'
        escalations += f"  e{number}: [{steps}]\n"
        receivers += f"  - {{name: r{number}, escalate: e{number}}}\n"
        routes += f"    - {{matchers: ['team=\"t{number}\"'], receiver: r{number}}}\n"
    return f"{text}{escalations}{receivers}route:\n  receiver: all\n  routes:\n{routes}"


def _cpu_seconds(program: Program) -> float:
    """Return the CPU time of the gateway, and of the commands that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return program.cpu_seconds() + ended.ru_utime + ended.ru_stime


def rota_routes() -> str:
    """Return routes with ROTAS rotas of weekly and daily turns, and PEOPLE people."""
    people = [f"p{number}" for number in range(PEOPLE)]
    text = "people:\n"
    for person in people:
        text += f"  {person}: {{email: {person}@example.com}}\n"
    text += "rotas:\n"
    for number in range(ROTAS):
        members = ", ".join(people[(number * 2 + step) % PEOPLE] for step in range(5))
        nights = ", ".join(people[(number * 2 + step + 7) % PEOPLE] for step in range(3))
        text += (
            f"  rota{number}:\n    timezone: Europe/Berlin\n    layers:\n"
            f"      - {{members: [{members}], rotate: weekly, start: 2026-01-05}}\n"
            f"      - {{members: [{nights}], rotate: weekly, start: 2026-01-05, "
            'restrictions: [{weekdays: [sat, sun], from: "22:00", to: "06:00"}]}\n'
        )
    return text + silent_routes()


def _add_changes(program: Program, number: int) -> int:
    """Make the shifts of a temporary schedule in one rota; return how many."""
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    shifts = []
    for step in range(SHIFTS_EACH):
        start = first + timedelta(days=step * 14)
        shifts.append(
            {
                "person": f"p{(number * 3 + step + 20) % PEOPLE}",
                "from": _rfc3339(start),
                "to": _rfc3339(start + timedelta(hours=12)),
            }
        )
    body = {"rota": f"rota{number}", "as": "p0", "why": "benchmark", "shifts": shifts}
    request = Request(
        f"http://127.0.0.1:{program.port}/api/v1/overrides",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return len(json.load(answer)["changes"])


def _print_year(program: Program) -> int:
    """Run the command; return how many lines it prints."""
    url = f"http://127.0.0.1:{program.port}"
    command = [str(gateway()), "oncall", "--from", "now", "--to", "+365d", "--url", url]
    done = subprocess.run(command, cwd=program.home, capture_output=True, text=True)
    if done.returncode != 0:
        raise MeasurementError(f"gateway oncall: {done.stderr}{done.stdout}")
    return len(done.stdout.splitlines())


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""Measurement of `gateway simulate` over a month of alerts by two files."""

import json
import random
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import Figures, Size
from benchmarks.programs import MeasurementError, gateway

DAY = 86400.0
START = 1_795_000_000.0
ALERTS = (
    ("DoubleChargeDetected", "critical", "billing"),
    ("PaymentFailures", "warning", "billing"),
    ("StripeWebhooksStalled", "warning", "billing"),
    ("NewPriceList", "info", "billing"),
    ("AppDown", "critical", "platform"),
    ("HighLatency", "warning", "platform"),
)
INSTANCES = 3000
MEAN_LENGTH = 1800.0
"""Seconds that an alert fires on the average. Higher: more of them fire at once."""

EXAMPLE = Path(__file__).parents[1] / "docs/examples/billing/routes.yaml"


def simulation(size: Size) -> Figures:
    """Measure the seconds of the command for as many episodes as a history has incidents."""
    with tempfile.TemporaryDirectory() as home:
        recording = Path(home) / "month.jsonl"
        recording.write_text("".join(f"{line}\n" for line in _lines(size.incidents)))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        command = [str(gateway()), "simulate", str(EXAMPLE), "--against", str(EXAMPLE)]
        done = subprocess.run(
            [*command, "--recording", str(recording), "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.monotonic() - start
        if done.returncode != 0:
            raise MeasurementError(f"gateway simulate: {done.stderr}{done.stdout}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = json.loads(done.stdout)
    return {
        "episodes": answer["episodes"],
        "messages": answer["total"]["messages"]["after"],
        "s": took,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def _lines(count: int) -> list[str]:
    draw = random.Random(1)
    lines: list[dict[str, Any]] = [{"recording": 1, "from": START, "to": START + 30 * DAY}]
    for _ in range(count):
        name, severity, team = draw.choice(ALERTS)
        at = START + draw.random() * 30 * DAY
        labels = {"alertname": name, "severity": severity, "team": team}
        labels["instance"] = f"app-{draw.randrange(INSTANCES)}"
        end = at + draw.expovariate(1 / MEAN_LENGTH)
        lines.append({"alert": {"labels": labels, "starts_at": at, "ends_at": end}})
    return [json.dumps(line) for line in lines]

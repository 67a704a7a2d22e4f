"""`python -m benchmarks.soak`: growth of memory and descriptors under steady mixed load.

A real process, alerts that fire, are posted again and resolve, people who acknowledge, silence and
read, four fake vendors, and a reload every minute. Once a minute it prints resident memory, open
descriptors and how long posts took; at the end, how much memory and descriptors grew in the second
half of the time, and exit status 1 if that was too much.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from benchmarks.alerts import SEVERITIES, format_time
from benchmarks.programs import CHECKOUT, PATIENCE, Gateway, MeasurementError
from benchmarks.soak_people import People

MAX_GROWTH = 1.0
"""Megabytes by which memory may grow in the second half. Noise is less than that."""

FIRING_SECONDS = 30.0
"""Seconds from an alert's start to its end."""

REPOST_EVERY = 10
"""Seconds between two posts of everything that fires, as Prometheus does each minute."""

MAX_MINUTES = 24 * 60
"""A longer run needs more memory for the fake vendors, which store every message."""

ROUTES = """
channels:
  email: {token: soak-email-token, from: alerts@example.com, api_url: "<postmark>"}
  slack: {token: soak-slack-token, signing_secret: soak-slack-secret, api_url: "<slack>/api/"}
  pagerduty: {api_url: "<pagerduty>"}
severities:
  critical: {rank: 1, respond_within: 15m, group_wait: 0s, repeat_interval: 2h}
  warning: {rank: 2, respond_within: 1h, group_wait: 5s, repeat_interval: 4h}
  info: {rank: 3, group_wait: 10s, repeat_interval: 12h}
receivers:
  - name: all
    email: [{to: oncall@example.com}]
    slack: [{channel: "#alerts"}]
    pagerduty: [{routing_key: "0123456789abcdef0123456789abcdef"}]
    webhook: [{url: "<webhook>/hook"}]
  - name: some
    slack: [{channel: "#alerts"}]
    webhook: [{url: "<webhook>/hook"}]
route:
  receiver: some
  group_by: [alertname, namespace]
  group_interval: 15s
  routes: [{matchers: ['severity="critical"'], receiver: all}]
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Measurement of the process; `at` is in seconds since the start of the load.

    `post_ms` is how long the last post of alerts took.
    """

    at: float
    megabytes: float
    descriptors: int
    post_ms: float = 0.0


@dataclass(slots=True)
class Load:
    """Alerts in the order of their numbers: each second some start and some end."""

    rate: float
    begun: int = 0
    ended: int = 0
    posted: int = 0
    kinds: int = 25
    active: list[tuple[float, int]] = field(default_factory=list)

    def due(self, at: float) -> list[dict[str, object]]:
        """Return the alerts that a source posts at `at` seconds from the start."""
        reports = []
        while self.begun < at * self.rate:
            self.active.append((at + FIRING_SECONDS, self.begun))
            reports.append(self._report(self.begun, ended=False))
            self.begun += 1
        while self.active and self.active[0][0] <= at:
            _, number = self.active.pop(0)
            reports.append(self._report(number, ended=True))
            self.ended += 1
        self.posted += len(reports)
        return reports

    def firing(self) -> list[dict[str, object]]:
        """Return all alerts that fire, to be posted again."""
        self.posted += len(self.active)
        return [self._report(number, ended=False) for _, number in self.active]

    def _report(self, number: int, *, ended: bool) -> dict[str, object]:
        now = datetime.now(UTC)
        return {
            "labels": {
                "alertname": f"ServiceAnswersSlowly{number % self.kinds}",
                "instance": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:9100",
                "namespace": f"namespace-{number // self.kinds % 20:02d}",
                "severity": SEVERITIES[number % 3],
                "team": "billing",
            },
            "annotations": {"summary": f"Service {number} answers slowly"},
            "startsAt": format_time(now - timedelta(seconds=FIRING_SECONDS if ended else 0)),
            "endsAt": format_time(now if ended else now + timedelta(minutes=4)),
            "generatorURL": "http://prometheus.example.com/graph?g0.expr=slow",
        }


class Soaked(Gateway):
    """The gateway with routes to all four vendors."""

    def __init__(self, home: Path, vendors: dict[str, str]) -> None:
        super().__init__(home, 0, "")
        text = ROUTES
        for name, url in vendors.items():
            text = text.replace(f"<{name}>", url)
        (home / "routes.yaml").write_text(text)

    def sample(self, at: float, post_ms: float) -> Sample:
        """Measure the process now."""
        descriptors = len(os.listdir(f"/proc/{self.pid}/fd"))
        return Sample(at, self.megabytes(), descriptors, post_ms)

    def request(self, path: str, body: bytes) -> None:
        """Post on a new connection. Raises MeasurementError unless it is answered 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise MeasurementError(f"{path} answered {answer.status}: {text[:300]!r}")
        finally:
            connection.close()


@contextmanager
def vendors(home: Path) -> Iterator[dict[str, str]]:
    """The fake vendors, in a process of their own; their addresses by name."""
    ports = home / "ports.json"
    command = [sys.executable, "-m", "tests.fakes", "--port-file", str(ports), "--log", os.devnull]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not ports.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise MeasurementError("the fake vendors did not start")
            time.sleep(0.02)
        yield json.loads(ports.read_text())
    finally:
        process.terminate()
        process.wait(PATIENCE)


def soak(minutes: float, rate: float, reload_every: float) -> list[Sample]:
    """Load a gateway for so many minutes; print each, and return a sample a second."""
    print(
        f"{'minute':>6} {'RSS MB':>8} {'descriptors':>12} {'post p50 ms':>12} {'p99 ms':>8}"
        f" {'alerts':>9} {'reloads':>8} {'acks':>6}"
    )
    samples: list[Sample] = []
    with (
        tempfile.TemporaryDirectory(prefix="soak-", dir="/var/tmp") as folder,  # on a disk
        vendors(Path(folder)) as urls,
        Soaked(Path(folder), urls) as gateway,
    ):
        assert isinstance(gateway, Soaked)
        load, reloads, began = Load(rate), 0, time.monotonic()
        people = People(gateway.port)
        at, seconds = 0.0, 0
        while at < minutes * 60:
            time.sleep(max(0.0, 1.0 - (time.monotonic() - began) % 1.0))
            minute, at = int(at // 60), time.monotonic() - began
            seconds += 1
            reports = load.due(at)
            if seconds % REPOST_EVERY == 0:
                reports += load.firing()
            start = time.monotonic()
            if reports:
                gateway.request("/api/v2/alerts", json.dumps(reports).encode())
            post_ms = 1000 * (time.monotonic() - start)
            people.act(seconds)
            if at >= (reloads + 1) * reload_every:
                gateway.request("/-/reload", b"")
                reloads += 1
            samples.append(gateway.sample(at, post_ms))
            if int(at // 60) > minute:
                last = [s for s in samples if s.at > at - 60]
                posts = sorted(s.post_ms for s in last)
                print(
                    f"{int(at // 60):>6} {median(s.megabytes for s in last):>8.1f}"
                    f" {median(s.descriptors for s in last):>12.0f}"
                    f" {median(posts):>12.1f} {posts[len(posts) * 99 // 100]:>8.1f}"
                    f" {load.posted:>9,} {reloads:>8} {people.done['acknowledge']:>6}",
                    flush=True,
                )
    return samples


def growth(samples: list[Sample]) -> tuple[float, int]:
    """How much memory (MB) and descriptors grew in the second half.

    Its first and its last fifth are compared: the median of memory, and the tenth percentile of
    descriptors. A burst opens connections and closes them again, a reload closes some for a moment;
    a leaked descriptor stays open, so it raises the percentile by one.
    """
    half = samples[len(samples) // 2 :]
    fifth = max(1, len(half) // 5)
    first, last = half[:fifth], half[-fifth:]
    return (
        median(s.megabytes for s in last) - median(s.megabytes for s in first),
        _tenth_percentile(last) - _tenth_percentile(first),
    )


def _tenth_percentile(samples: list[Sample]) -> int:
    return sorted(sample.descriptors for sample in samples)[len(samples) // 10]


def main() -> None:
    """Read the command line, run the soak, and print the verdict."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--rate", type=float, default=7.0, help="new alerts a second (default: 7)")
    parser.add_argument("--reload", type=float, default=60.0, help="seconds between reloads")
    arguments = parser.parse_args()
    if not 0 < arguments.minutes <= MAX_MINUTES or arguments.rate <= 0 or arguments.reload <= 0:
        parser.error(f"--minutes is at most {MAX_MINUTES}, and all three are above 0")
    try:
        samples = soak(arguments.minutes, arguments.rate, arguments.reload)
    except MeasurementError as error:
        raise SystemExit(f"soak: {error}") from None
    megabytes, descriptors = growth(samples)
    print(f"second half: memory {megabytes:+.1f} MB, descriptors {descriptors:+d}")
    steady = megabytes <= MAX_GROWTH and descriptors <= 0
    print("steady" if steady else "it grows")
    raise SystemExit(0 if steady else 1)


if __name__ == "__main__":
    main()

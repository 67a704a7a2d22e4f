"""Measurements of a long history against an empty database, and of posts beside retention.

Both gateways run at the same time and answer in turns, so that noise of the machine meets both.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.alerts import AHEAD, alert
from benchmarks.history import History
from benchmarks.measure import Figures, Size
from benchmarks.programs import Gateway, LoadProcess, MeasurementError
from benchmarks.reports import DAY, HISTORY
from benchmarks.routes import notifying_routes

PATIENCE = 120.0
"""Seconds that an answer, and the deletion of a day, may take."""

Ask = Callable[[int], tuple[str, str, object]]
"""Method, path and body (None without one) of a numbered request."""


class KeptFor(Gateway):
    """A gateway that deletes incidents so many days after their end."""

    retention = round(HISTORY / DAY) + 1

    def settings(self) -> dict[str, str]:
        return {**super().settings(), "GATEWAY_RETENTION": str(self.retention)}


class Client:
    """A connection to one gateway that keeps how long each answer took."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: object = None) -> tuple[float, bytes]:
        """Return the seconds until the whole answer had arrived, and the answer."""
        text = None if body is None else json.dumps(body).encode()
        start = time.monotonic()
        self._connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        took = time.monotonic() - start
        if answer.status != 200:
            raise MeasurementError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return took, content


def long_history(load: LoadProcess, size: Size) -> Figures:
    """Measure intake, acknowledgement and board in turns, then posts while a day is deleted."""
    with _gateways(load, size) as (long, empty):
        clients = Client(long.port), Client(empty.port)
        figures: Figures = {"incidents": _incidents(long)}
        figures |= _compare("intake", clients, size.pairs, _post)
        numbers = [iter(_open_numbers(client)) for client in clients]
        took: list[list[float]] = [[], []]
        for _ in range(size.pairs):
            for client, mine, times in zip(clients, numbers, took, strict=True):
                path = f"/api/v1/incidents/{next(mine)}/ack"
                times.append(client.ask("POST", path, {"as": "ana"})[0])
        figures |= _ratios("ack", took)
        figures |= _compare("page", clients, size.pairs, lambda _: ("GET", "/", None))
        listing = "/api/v1/incidents"
        figures |= _compare("list", clients, size.pairs, lambda _: ("GET", listing, None))
        return figures | _retention(long, size)


@contextmanager
def _gateways(load: LoadProcess, size: Size) -> Iterator[tuple[KeptFor, KeptFor]]:
    """Start two gateways, one with a long history and one with an empty database."""
    routes = notifying_routes("0s")
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir="/var/tmp") as home:  # on a disk
        long, empty = (
            KeptFor(Path(home) / "long", load.sink, routes),
            KeptFor(Path(home) / "empty", load.sink, routes),
        )
        with long:  # creates the tables
            pass
        history = History(size.long, HISTORY / DAY, time.time(), messages=1)
        history.write(long.home / "gateway.db")
        with long, empty:
            yield long, empty


def _post(number: int) -> tuple[str, str, object]:
    """Return a post of one new alert that opens its own incident."""
    posted = alert(number, datetime.now(UTC) + AHEAD, f"LongHistory{number}")
    return "POST", "/api/v2/alerts", [posted]


def _open_numbers(client: Client) -> list[int]:
    """Return the numbers of up to 500 open incidents, the most that one answer lists."""
    listing = json.loads(client.ask("GET", "/api/v1/incidents?limit=500")[1])
    return [one["number"] for one in listing["incidents"]]


def _compare(name: str, clients: tuple[Client, Client], count: int, ask: Ask) -> Figures:
    """Send each request to both gateways in turns, after ten that are not counted."""
    took: list[list[float]] = [[], []]
    for number in range(count + 10):
        for client, times in zip(clients, took, strict=True):
            times.append(client.ask(*ask(number))[0])
    return _ratios(name, [times[10:] for times in took])


def _ratios(name: str, took: list[list[float]]) -> Figures:
    figures: Figures = {}
    for percentile in (50, 99):
        long, empty = (1000 * _percentile(times, percentile) for times in took)
        figures[f"{name} p{percentile} ms"] = long
        figures[f"{name} p{percentile} ratio"] = long / empty
    return figures


def _percentile(times: list[float], percentile: int) -> float:
    return sorted(times)[len(times) * percentile // 100]


def _retention(program: KeptFor, size: Size) -> Figures:
    """Measure single posts before a day is past its retention, and while it is deleted.

    Housekeeping deletes five seconds after the start; posts of that time are the comparison.
    """
    before = _incidents(program)
    program.stop()
    program.retention = round(HISTORY / DAY) - 1
    program.start()
    client = Client(program.port)
    alone: list[float] = []
    beside: list[float] = []
    number, last, quiet, deadline = size.pairs + 10, before, 0, time.monotonic() + PATIENCE
    while quiet < 3:  # in three pieces without a deletion, it is over
        piece = []
        for _ in range(20):
            number += 1
            piece.append(client.ask(*_post(number))[0])
            time.sleep(0.01)
        now = _incidents(program)
        (beside if now != last or last < before else alone).extend(piece)
        quiet = quiet + 1 if now == last < before else 0
        last = now
        if time.monotonic() > deadline:
            raise MeasurementError(f"no end of deleting: {before - now} deleted")
    return {
        "deleted": before - last,
        "post alone p99 ms": 1000 * _percentile(alone or beside, 99),
        "post beside p99 ms": 1000 * _percentile(beside, 99),
        "post beside max ms": 1000 * max(beside),
    }


def _incidents(program: Gateway) -> int:
    """Return the number of resolved incidents in the database."""
    database = sqlite3.connect(f"file:{program.home}/gateway.db?mode=ro", uri=True)
    try:
        query = "SELECT count(*) FROM incidents WHERE resolved_at IS NOT NULL"
        count: int = database.execute(query).fetchone()[0]
        return count
    finally:
        database.close()

"""The load process: it posts alerts to the measured server and receives its webhooks.

It reads commands as JSON lines on standard input and answers each with one on standard output. One
process posts and receives, so that one clock measures both ends of a latency.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import uvloop

from benchmarks import alerts, hostile, http
from benchmarks.alerts import AHEAD
from benchmarks.readers import read


class LoadGenerator:
    """Posts alerts and receives webhooks. Public methods are commands."""

    def __init__(self) -> None:
        self._arrived: list[tuple[float, bytes]] = []
        self._requests: list[bytes] = []
        self._sizes: list[int] = []
        self._ends = datetime.now(UTC) + AHEAD
        self._port = 0
        self._posted_slowly = 0

    def on_webhook(self, at: float, body: bytes) -> None:
        """Record a webhook that arrived."""
        self._arrived.append((at, body))

    async def prepare(
        self, port: int, count: int, batch: int, *, known: bool = False
    ) -> dict[str, Any]:
        """Serialise `count` alerts in batches; with `known` they are also posted once."""
        self._port, self._ends = port, datetime.now(UTC) + AHEAD
        batches = [range(at, min(at + batch, count)) for at in range(0, count, batch)]
        self._sizes = [len(numbers) for numbers in batches]
        self._requests = [self._request(numbers) for numbers in batches]
        if known:  # in large batches, however they are posted again
            first = (self._request(range(at, min(at + 64, count))) for at in range(0, count, 64))
            await http.post_all(port, 4, lambda: next(first, None))
        return {"bytes_an_alert": round(sum(map(len, self._requests)) / count)}

    def _request(self, numbers: range) -> bytes:
        return alerts.request(self._port, [alerts.alert(n, self._ends) for n in numbers])

    async def run(
        self, connections: int, seconds: float, *, repost: bool = False
    ) -> dict[str, Any]:
        """Post what was prepared: once, or with `repost` again and again with later ends."""
        source = self._later() if repost else zip(self._requests, self._sizes, strict=True)
        start, sent = time.monotonic(), 0

        def next_request() -> bytes | None:
            nonlocal sent
            if time.monotonic() - start >= seconds:
                return None
            request, size = next(source, (None, 0))
            sent += size
            return request

        latencies = await http.post_all(self._port, connections, next_request)
        seconds_taken = time.monotonic() - start
        return {
            "alerts": sent,
            "seconds": seconds_taken,
            "requests": len(latencies),
            **spread(latencies),
        }

    def _later(self) -> Iterator[tuple[bytes, int]]:
        ends = self._ends
        before = alerts.format_time(ends).encode()
        while True:
            ends += timedelta(milliseconds=100)
            after = alerts.format_time(ends).encode()
            for request, size in zip(self._requests, self._sizes, strict=True):
                yield request.replace(before, after), size

    async def one_at_a_time(
        self, port: int, count: int, patience: float, first: int = 0
    ) -> dict[str, Any]:
        """Post alerts that are groups of their own, each after the former one's webhook came."""
        self._arrived.clear()
        ends = datetime.now(UTC) + AHEAD
        latencies: list[float] = []
        for number in range(count):
            alert = alerts.alert(number, ends, f"Single{first + number}")
            single = iter([alerts.request(port, [alert])])
            poster = await http.connect(port, lambda single=single: next(single, None))
            start = time.monotonic()
            poster.go()
            await poster.done
            if not await self._until(
                lambda expected=number + 1: len(self._arrived) >= expected, patience
            ):
                break
            latencies.append(self._arrived[number][0] - start)
        return {"sent": count, "arrived": len(latencies), **spread(latencies)}

    async def storm(
        self, port: int, groups: int, group_wait: float, criticals: int, patience: float
    ) -> dict[str, Any]:
        """Post `groups` warnings that are groups of their own at once; criticals while it lasts."""
        self._arrived.clear()
        ends = datetime.now(UTC) + AHEAD
        names = [f"Storm{number}" for number in range(groups)]
        batches = [range(at, min(at + 64, groups)) for at in range(0, groups, 64)]
        requests = [
            alerts.request(port, [alerts.alert(n, ends, names[n], "warning") for n in batch])
            for batch in batches
        ]
        posted: dict[str, float] = {}
        waiting = iter(zip(requests, batches, strict=True))

        def next_request() -> bytes | None:
            request, batch = next(waiting, (None, range(0)))
            posted.update(dict.fromkeys((names[n] for n in batch), time.monotonic()))
            return request

        start = time.monotonic()
        posting = asyncio.gather(
            http.post_all(port, 4, next_request), self._criticals(port, criticals, ends, posted)
        )
        await posting
        await self._until(lambda: len(self._arrived) >= groups + criticals, patience)
        seen = self._first_arrivals()
        lesser = [seen[name] - posted[name] for name in names if name in seen]
        urgent = [
            seen[name] - posted[name] - group_wait
            for name in posted
            if name.startswith("Critical") and name in seen
        ]
        last = max((seen[name] for name in names if name in seen), default=start)
        return {
            "sent": groups,
            "arrived": len(lesser),
            "webhooks": len(self._arrived),
            "all_in": last - start,
            **spread(lesser),
            "critical": {"sent": criticals, "arrived": len(urgent), **spread(urgent)},
        }

    async def _criticals(
        self, port: int, count: int, ends: datetime, posted: dict[str, float]
    ) -> None:
        for number in range(count):
            await asyncio.sleep(0.1)
            name = f"Critical{number}"
            request = alerts.request(port, [alerts.alert(number, ends, name, "critical")])
            single = iter([request])
            posted[name] = time.monotonic()
            await http.post_all(port, 1, lambda single=single: next(single, None))

    async def post(self, port: int, count: int) -> dict[str, Any]:
        """Post `count` new alerts of 10 groups in batches of 10, each answered 200."""
        self._arrived.clear()
        ends = datetime.now(UTC) + AHEAD
        requests = iter(
            alerts.request(port, [alerts.alert(at + n, ends, f"Kept{at // 10}") for n in range(10)])
            for at in range(0, count, 10)
        )
        answered = await http.post_all(port, 1, lambda: next(requests, None))
        return {"answered": 10 * len(answered)}

    async def notified(self, count: int, patience: float) -> dict[str, Any]:
        """Wait until `count` alerts were in webhooks, or for `patience` seconds."""
        await self._until(lambda: len(self._first_arrivals("instance")) >= count, patience)
        return {"alerts": len(self._first_arrivals("instance")), "webhooks": len(self._arrived)}

    async def read(self, port: int, path: str, readers: int, least: int) -> dict[str, Any]:
        """Let `readers` ask for `path` at once; served is who got at least so many alerts."""
        done = await read(port, path, readers)
        return {
            "readers": len(done),
            "served": sum(reader.alerts >= least for reader in done),
            "alerts": max(reader.alerts for reader in done),
            "last_ms": 1000 * max(reader.duration for reader in done),
        }

    async def post_slowly(self, port: int, count: int, every: float) -> dict[str, Any]:
        """Post single new alerts, one each `every` seconds, on one connection."""
        ends = datetime.now(UTC) + AHEAD
        self._posted_slowly += count
        first = 10_000_000 + self._posted_slowly
        latencies: list[float] = []
        for number in range(first, first + count):
            single = iter([alerts.request(port, [alerts.alert(number, ends)])])
            poster = await http.connect(port, lambda single=single: next(single, None))
            poster.go()
            await poster.done
            latencies += poster.latencies
            await asyncio.sleep(every)
        return spread(latencies)

    async def attack(self, port: int, what: str, size: int) -> dict[str, Any]:
        """Post a hostile body of about `size` bytes; see `benchmarks.hostile`."""
        self._arrived.clear()
        return await hostile.attack(port, what, size, lambda: iter(self._arrived))

    def _first_arrivals(self, label: str = "alertname") -> dict[str, float]:
        seen: dict[str, float] = {}
        for at, body in self._arrived:
            for alert in orjson.loads(body)["alerts"]:
                seen.setdefault(alert["labels"][label], at)
        return seen

    async def _until(self, there: Callable[[], bool], patience: float) -> bool:
        deadline = time.monotonic() + patience
        while not there():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.0002)
        return True


def spread(latencies: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum in milliseconds; nothing of nothing."""
    if not latencies:
        return {}
    ordered = sorted(latencies)
    last = len(ordered) - 1
    return {
        "p50_ms": 1000 * ordered[last // 2],
        "p99_ms": 1000 * ordered[min(last, round(0.99 * last))],
        "max_ms": 1000 * ordered[last],
    }


async def main() -> None:
    """Run commands until standard input ends."""
    generator = LoadGenerator()
    server = await asyncio.get_running_loop().create_server(
        lambda: http.Sink(generator.on_webhook), "127.0.0.1", 0, backlog=4096
    )
    print(json.dumps({"sink": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        try:
            answer = await getattr(generator, order.pop("do"))(**order)
        except (OSError, RuntimeError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())

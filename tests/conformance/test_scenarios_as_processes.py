"""Scenarios with real servers and the real clock, for what virtual time cannot show."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from gateway.core.matching.parse import parse_matcher
from gateway.core.time.timestamps import format_rfc3339, parse_instant
from tests.conformance.adapter_scenarios import routes_of
from tests.conformance.test_vectors import conformance, runner
from tests.processes.gateway import Gateway
from tests.processes.harness import ended_after
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

CHOSEN = ("009-receiver-slow", "010-inhibition", "012-silence")
LATE = 0.25
"""Seconds by which a step may come late before it could fall beyond a tick."""

PLAYED = 5.6
"""Seconds that a scenario is watched."""

ATTEMPTS = 4
"""Plays until every scenario was played on time; a busy machine needs more than one."""

Collected = dict[str, list[dict[str, Any]]]


async def test_scenarios_hold_in_real_time(tmp_path: Path) -> None:
    """A receiver's timeout, an inhibition and a silence at once, each with its own gateway."""
    folder = conformance()
    run = runner(folder)
    cases = json.loads((folder / "vectors" / "scenarios.json").read_text("utf-8"))["cases"]
    chosen = [case for case in cases if case["id"].partition("/")[2].startswith(CHOSEN)]
    assert len(chosen) == len(CHOSEN)
    for attempt in range(ATTEMPTS):
        async with collecting() as collector:
            with ExitStack() as ends:
                gateways = []
                for case in chosen:
                    name = f"{case['id'].partition('/')[2][:3]}-{attempt}"
                    config = case["input"]["config_yaml"]
                    routes = routes_of(config.replace("COLLECTOR", f"{collector.address}/{name}"))
                    # The only vendor it needs is the collector.
                    none = cast(Vendors, SimpleNamespace(urls={}))
                    gateway = Gateway(tmp_path / name, routes, none, GATEWAY_LEASE="60")
                    ends.enter_context(ended_after(gateway))
                    gateways.append(gateway)
                    await asyncio.to_thread(gateway.start)
                collector.start = time.time() - 0.5
                plays = [
                    play(case["input"], gateway.url, collector.start)
                    for case, gateway in zip(chosen, gateways, strict=True)
                ]
                late = await asyncio.gather(*plays)
        late_cases = []
        for case, gateway, latest in zip(chosen, gateways, late, strict=True):
            alerts = collector.taken[gateway.home.name]
            if latest > LATE:
                late_cases.append(case)
            else:
                assert run.compare(alerts, case["expect"], case), (case["id"], alerts)
        chosen = late_cases
        if not chosen:
            break
    assert not chosen, f"the machine is too busy for {', '.join(case['id'] for case in chosen)}"


class Collector:
    """A receiver of webhooks at /SCENARIO/NAME; the slow one answers late for three seconds."""

    def __init__(self) -> None:
        self.start = 0.0
        self.address = ""
        self.taken: dict[str, Collected] = defaultdict(lambda: defaultdict(list))

    async def take(self, request: web.Request) -> web.Response:
        """Record one webhook."""
        t, body = time.time() - self.start, await request.json()
        scenario, name = request.match_info["scenario"], request.match_info["name"]
        if scenario.startswith("009") and t < 3.0:
            await asyncio.sleep(1.0)
        else:
            alerts = [self._seen(alert) for alert in body["alerts"]]
            self.taken[scenario][name].append({"t": t, "alerts": alerts})
        return web.Response()

    def _seen(self, alert: dict[str, Any]) -> dict[str, Any]:
        starts_at, ends_at = (parse_instant(alert[name]) for name in ("startsAt", "endsAt"))
        assert starts_at is not None
        return {
            "labels": alert["labels"],
            "annotations": alert["annotations"],
            "starts_at": starts_at - self.start,
            "ends_at": None if ends_at is None else ends_at - self.start,
        }


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Yield a collector that listens."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/{scenario}/{name}", collector.take)
    server = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    listening = site._server  # aiohttp has no public API for the port it got
    assert isinstance(listening, asyncio.Server)
    collector.address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield collector
    finally:
        await server.cleanup()


async def play(inputs: dict[str, Any], url: str, start: float) -> float:
    """Play the steps of a scenario at their times.

    Return by how many seconds the machine was late, at the steps or in between.
    """
    latest, lag = 0.0, asyncio.create_task(_longest_lag(start + PLAYED))
    async with aiohttp.ClientSession(url) as session:
        for step in inputs["steps"]:
            await asyncio.sleep(max(0.0, start + step["t"] - time.time()))
            kind = "alerts" if step["do"] == "push" else "silences"
            async with session.post(f"/api/v2/{kind}", json=_body(step, start)) as answer:
                assert answer.status == 200, await answer.text()
            latest = max(latest, time.time() - start - step["t"])
    return max(latest, await lag)


async def _longest_lag(end: float) -> float:
    """Return by how many seconds a short sleep was late at most until `end` (unix seconds)."""
    longest = 0.0
    while (began := time.time()) < end:
        await asyncio.sleep(0.02)
        longest = max(longest, time.time() - began - 0.02)
    return longest


def _body(step: dict[str, Any], start: float) -> Any:
    """Return a step as Alertmanager's API accepts it."""
    if step["do"] == "silence":
        return {
            "matchers": [parse_matcher(text).to_json() for text in step["matchers"]],
            "startsAt": format_rfc3339(start + step["starts_at"]),
            "endsAt": format_rfc3339(start + step["ends_at"]),
            "createdBy": "ana",
            "comment": "a scenario",
        }
    posted = []
    for alert in step["alerts"]:
        one = {"labels": alert["labels"], "annotations": alert["annotations"]}
        for name, key in (("startsAt", "starts_at"), ("endsAt", "ends_at")):
            if key in alert:
                one[name] = format_rfc3339(start + alert[key])
        posted.append(one)
    return posted

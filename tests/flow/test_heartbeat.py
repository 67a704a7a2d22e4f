"""The heartbeat to an external monitor."""

import asyncio
from types import SimpleNamespace
from typing import cast

from gateway.core.plan.accounts import Secret
from gateway.flow.engine import Engine
from gateway.flow.heartbeat import run_heartbeat
from tests.fakes import FakeWebhook
from tests.fakes.raw import Proxy


async def test_heartbeat_goes_through_its_proxy() -> None:
    """E40: a watcher outside is reached from where only the proxy gets out."""
    well = cast(Engine, SimpleNamespace(problems=list))
    async with FakeWebhook() as watcher, Proxy() as proxy:
        url = Secret(f"{watcher.url}/ping")
        beating = asyncio.ensure_future(run_heartbeat(well, url, Secret(proxy.url)))
        await asyncio.wait_for(watcher.arrived(1), 30)
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        assert proxy.request_lines == [f"GET {watcher.url}/ping HTTP/1.1"]

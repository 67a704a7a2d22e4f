"""A test server with the gateway's own runner, guard and paths."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.web.connections.guard import Limits
from gateway.web.http.refusals import REFUSALS
from gateway.web.server import runner_for


async def _no_delay(_: float) -> None:
    """Return at once, so that delayed answers to guesses do not slow the tests."""


class GuardedTestServer(TestServer):
    """aiohttp's test server with the gateway's own runner."""

    limits = Limits()

    async def _make_runner(self, **kwargs: Any) -> web.AppRunner:
        self.app[REFUSALS].sleep = _no_delay
        return runner_for(self.app, self.limits, **kwargs)

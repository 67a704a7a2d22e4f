"""A gateway whose PagerDuty is a fake account over HTTP, and which gets that account's webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.incidents.incident import Incident
from gateway.web.app import build_app
from tests.fakes.pagerduty_account import PagerDutyAccount, signature
from tests.flow.world import ENV, ROUTES, World
from tests.web.real import Client
from tests.web.served import GuardedTestServer
from tests.web.world import settings

SECRET = "test-webhook-secret"
KEY = "test-routing-key" + 16 * "0"
OTHER = "test-other-rkey-" + 16 * "0"
WITH_PAGERDUTY = ROUTES.replace(
    "channels:",
    """channels:
  pagerduty:
    rest_token: test-rest-token
    api_url: ACCOUNT
    rest_url: ACCOUNT
    callbacks: {signing_secret: [test-webhook-secret, test-older-secret]}""",
    1,
)


class LoopWorld(World):
    """A world with a real PagerDuty channel."""

    def __init__(self, url: str, account: PagerDutyAccount, routes: str) -> None:
        keys = {"PAGERDUTY_BILLING_KEY": KEY, "PAGERDUTY_OTHER_KEY": OTHER}
        super().__init__(url, routes.replace("ACCOUNT", account.url), {**ENV, **keys})

    def channels(self, config: Config) -> dict[str, Channel]:
        # As `gateway serve` builds it, with its wrapper for targets without a key.
        channel = build(config.channels["pagerduty"], config.secrets)
        return {**super().channels(config), "pagerduty": channel}

    async def close(self) -> None:
        channels = [e.delivery._channels["pagerduty"] for e in self.replicas]
        await super().close()
        for one in channels:
            await one.close()


@dataclass
class Loop:
    """The gateway, the account, and how webhooks reach the gateway."""

    world: World
    client: Client
    account: PagerDutyAccount

    async def post(self, body: bytes, **headers: str) -> ClientResponse:
        """Post a body, signed as by the account unless `headers` say otherwise."""
        signed: dict[str, Any] = {**(headers or signature(body, SECRET))}
        return await self.client.post("/callbacks/pagerduty", data=body, headers=signed)

    async def until_quiet(self) -> list[dict[str, Any]]:
        """Let messages and webhooks go to and fro until nothing is left; return the answers."""
        answers: list[dict[str, Any]] = []
        for _ in range(50):
            await self.world.advance(1.0)
            waiting, self.account.webhooks = self.account.webhooks, []
            if not waiting:
                return answers
            for body in waiting:
                answer = await self.post(body)
                assert answer.status == 200, await answer.text()
                answers.append(await answer.json())
        raise AssertionError("it never becomes quiet")

    async def incident(self, number: int = 1001) -> Incident:
        return await self.world.incident(number)

    def events(self) -> list[str]:
        """Return the actions of the events that the account got."""
        return [one.json["event_action"] for one in self.account.accepted if one.method == "POST"]

    def to(self, key: str) -> list[str]:
        """Return the reasons for which one target was notified."""
        return [one.reason for one in self.world.delivered if one.to == key]


@asynccontextmanager
async def pagerduty_loop(folder: Path, routes: str = WITH_PAGERDUTY) -> AsyncIterator[Loop]:
    """Yield a gateway and its PagerDuty account."""
    async with PagerDutyAccount() as account:
        world = LoopWorld(f"sqlite:///{folder}/gateway.db", account, routes)
        await world.start()
        server = GuardedTestServer(build_app(world.engine, settings()))
        await server.start_server()
        try:
            async with TestClient(server) as client:
                yield Loop(world, client, account)
        finally:
            await world.close()
        assert account.problems == []

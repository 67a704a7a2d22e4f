"""A gateway whose Slack account posts to a fake Slack, through the real channel and SDK."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.plan.channels import SLACK
from gateway.web.app import build_app
from gateway.web.slack.endpoints import SLACK_REQUESTS
from gateway.web.slack.handlers import SlackRequests
from tests.fakes import FakeSlack
from tests.flow.world import ROUTES, World
from tests.web.real import Client
from tests.web.served import GuardedTestServer
from tests.web.slack.requests import send
from tests.web.world import settings

CHANNEL = "#billing-alerts"


class SlackWorld(World):
    """A world whose Slack accounts are real channels that post to a fake."""

    def __init__(self, url: str, routes: str, fake: FakeSlack) -> None:
        super().__init__(url, routes)
        self.fake = fake

    def channels(self, config: Config) -> dict[str, Channel]:
        channels = super().channels(config)
        for one in config.channels.values():
            if one.type == SLACK.name:
                options = {**one.options, "api_url": self.fake.api_url}
                channels[one.account_key] = build(replace(one, options=options), config.secrets)
        return channels


@dataclass
class Workspace:
    """The world, its web's client, and the fake Slack."""

    world: SlackWorld
    client: Client
    fake: FakeSlack
    requests: SlackRequests

    async def post(self, body: bytes, kind: str = "actions", **options: Any) -> Any:
        """Post a signed request, let all of its work end, and return the answer."""
        path = f"/callbacks/slack/{kind}"
        answer = await send(self.world, self.client, body, path=path, **options)
        await self.requests.finish()
        return answer

    @property
    def message(self) -> dict[str, Any]:
        """The one message of the incident, as it is now."""
        (message,) = self.fake.posted(CHANNEL)
        return message


@asynccontextmanager
async def workspace(folder: Path, routes: str = ROUTES) -> AsyncIterator[Workspace]:
    """Yield a gateway with its web and the fake Slack that it posts to."""
    async with FakeSlack() as fake:
        world = SlackWorld(f"sqlite:///{folder}/gateway.db", routes, fake)
        await world.start()
        app = build_app(world.engine, settings())
        server = GuardedTestServer(app)
        await server.start_server()
        async with TestClient(server) as client:
            yield Workspace(world, client, fake, app[SLACK_REQUESTS])
        await world.engine.delivery.close()
        await world.close()

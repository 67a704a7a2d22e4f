"""Replicas with their web, and vendors that can be asked: what people act through."""

from collections.abc import Mapping
from typing import Any

from aiohttp.test_utils import TestClient

from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.incidents.message import THREAD, Message, Receipt
from gateway.core.plan.plan import Target
from gateway.flow.engine import Engine
from gateway.web.app import build_app
from gateway.web.slack.endpoints import SLACK_REQUESTS
from tests.flow.world import FakeChannel, World
from tests.simulation.random_days import VARIANTS
from tests.web.real import Client
from tests.web.served import GuardedTestServer
from tests.web.world import settings

SLACK_CHANNEL = "C0BILLING"
PAGERDUTY_SECRET = "test-webhook-secret"
PAGERDUTY_USERS = {"PANA": "ana@example.com", "PBEN": "ben@example.com"}
INBOUND = "alerts@inbound.example.com"
TEAMS = """
teams:
  billing: {name: Billing, matchers: ['team="billing"'], members: [ana, ben], rotas: [billing]}
  platform: {name: Platform, matchers: ['team="platform"'], members: [ben]}
"""


def with_callbacks(routes: str) -> str:
    """Return routes with callbacks of all vendors, and teams."""
    callbacks = "callbacks: {basic: {username: postmark, password: test-callback-password}}"
    email = f"from: alerts@example.com, inbound_address: {INBOUND}, {callbacks}}}"
    pagerduty = f"  pagerduty: {{callbacks: {{signing_secret: [{PAGERDUTY_SECRET}]}}}}"
    ben = "email: ben@example.com"
    routes = routes.replace("from: alerts@example.com}", f"{email}\n{pagerduty}")
    return routes.replace(f"{ben}}}", f"{ben}, slack: U0BEN}}") + TEAMS


ACTING_VARIANTS = tuple(map(with_callbacks, VARIANTS))


class AnsweringSlack(FakeChannel):
    """A Slack whose messages have threads, and which shows outcomes to those who press."""

    world: "ActingWorld"

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        answer = await super().send(message, target, receipt)
        return {**answer, THREAD: f"{SLACK_CHANNEL}/{thread_of(message.incident)}"}

    async def answer(self, url: str, content: Mapping[str, Any]) -> None:
        self.world.outcomes.append(str(content["text"]))

    async def notify_user(self, channel: str, user: str, thread: str, text: str) -> None:
        self.world.outcomes.append(text)


class AnsweringPagerDuty(FakeChannel):
    """A PagerDuty that can be asked who its users are."""

    def incident_directory(self) -> "AnsweringPagerDuty":
        return self

    async def keys_of(self, incident: str) -> list[str]:
        return []

    async def email_of(self, user: str) -> str:
        return PAGERDUTY_USERS.get(user, "")


class ActingWorld(World):
    """A world in which each replica serves its web."""

    def __init__(self, url: str, routes: str = ACTING_VARIANTS[0]) -> None:
        super().__init__(url, routes)
        self.outcomes: list[str] = []  # what Slack showed to people who acted
        self._clients: dict[Engine, Client] = {}

    def channels(self, config: Config) -> dict[str, Channel]:
        fakes = {
            "slack": AnsweringSlack("slack", self),
            "pagerduty": AnsweringPagerDuty("pagerduty", self),
        }
        return {**super().channels(config), **fakes}

    async def client(self, engine: Engine) -> Client:
        """Return a client of a replica's web, which starts with its first request."""
        if engine not in self._clients:
            server = GuardedTestServer(build_app(engine, settings()))
            await server.start_server()
            self._clients[engine] = TestClient(server)
        return self._clients[engine]

    async def quiet(self, engine: Engine) -> None:
        """Wait until what Slack's requests began has ended, if the replica runs."""
        client = self._clients.get(engine)
        if client is not None:
            await client.server.app[SLACK_REQUESTS].finish()  # type: ignore[attr-defined]

    async def kill(self, engine: Engine) -> None:
        """Kill a replica: its store goes first, so that no request in flight is saved after it."""
        await super().kill(engine)
        client = self._clients.pop(engine, None)
        if client is not None:
            await client.close()


def thread_of(number: int) -> str:
    """Return the `ts` of the message about an incident."""
    return f"1800000000.{number:06d}"

"""E39, E57: Slack, the gateway and PagerDuty, where each announces what the others did."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from gateway.web.app import build_app
from gateway.web.slack.endpoints import SLACK_REQUESTS
from gateway.web.slack.handlers import SlackRequests
from tests.fakes import FakeSlack
from tests.fakes.pagerduty_account import PagerDutyAccount
from tests.flow.world import alert
from tests.web.callbacks.loop import WITH_PAGERDUTY, Loop, LoopWorld
from tests.web.served import GuardedTestServer
from tests.web.slack.requests import button, event, reply, send
from tests.web.world import settings

CHANNEL = "#billing-alerts"
ROUTES = WITH_PAGERDUTY.replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")
MAIL = "email:billing-oncall@example.com"


class BothWorld(LoopWorld):
    """A world whose PagerDuty and Slack are real channels that post to fakes."""

    def __init__(self, url: str, account: PagerDutyAccount, fake: FakeSlack) -> None:
        super().__init__(url, account, ROUTES)
        self.fake = fake

    def channels(self, config: Config) -> dict[str, Channel]:
        settings = config.channels["slack"]
        options = {**settings.options, "api_url": self.fake.api_url}
        slack = build(replace(settings, options=options), config.secrets)
        return {**super().channels(config), "slack": slack}

    async def close(self) -> None:
        slack = [engine.delivery._channels["slack"] for engine in self.replicas]
        await super().close()
        for one in slack:
            await one.close()


@dataclass
class Both(Loop):
    """A loop with Slack, too. Slack also reports the app's own messages, as it really does."""

    fake: FakeSlack = field(default_factory=FakeSlack)
    requests: SlackRequests | None = None

    async def press(self, role: str, user: str) -> str:
        """Press a button of the incident's message; return what the user is shown."""
        (message,) = self.fake.posted(CHANNEL)
        elements = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]
        value = next(e["value"] for e in elements if e["action_id"] == f"gateway_{role}")
        body = button(role, user, value, response_url=self.fake.response_url(user))
        answer = await send(self.world, self.client, body, path="/callbacks/slack/actions")
        assert answer.status == 200
        assert self.requests is not None
        await self.requests.finish()
        return self.fake.answers_to(user)[-1]

    async def settle(self) -> None:
        """Run until quiet, with the echoes of both vendors."""
        await self.until_quiet()
        for number, ((channel, ts), message) in enumerate(list(self.fake.messages.items())):
            thread = message.get("thread_ts")
            if thread is None:
                continue
            own = reply(message["text"], channel, thread, "U0GATEWAY", bot_id="B0GATEWAY")
            body = event({**own, "ts": ts}, f"EvOwn{number}")
            answer = await send(self.world, self.client, body, path="/callbacks/slack/events")
            assert answer.status == 200
        await self.until_quiet()

    def state_in_slack(self) -> str:
        """Return the text of the incident's message."""
        (message,) = self.fake.posted(CHANNEL)
        return json.dumps(message)


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[Both]:
    """Yield a gateway between its PagerDuty account and its Slack workspace."""
    async with PagerDutyAccount() as account, FakeSlack() as fake:
        world = BothWorld(f"sqlite:///{folder}/gateway.db", account, fake)
        await world.start()
        app = build_app(world.engine, settings())
        server = GuardedTestServer(app)
        await server.start_server()
        try:
            async with TestClient(server) as client:
                yield Both(world, client, account, fake, app[SLACK_REQUESTS])
        finally:
            await world.close()


@pytest.fixture
async def loop(tmp_path: Path) -> AsyncIterator[Both]:
    """Yield a loop with one critical incident that was notified everywhere."""
    async with both(tmp_path) as loop:
        await loop.world.post(alert())
        await loop.settle()
        yield loop


async def test_acknowledged_in_slack_is_announced_once_everywhere(loop: Both) -> None:
    """PagerDuty's echo and Slack's own messages change nothing."""
    assert await loop.press("acknowledge", "U0ANA") == "You acknowledged #1001."
    await loop.settle()
    assert loop.events() == ["trigger", "acknowledge"]
    assert loop.to(MAIL).count("acknowledged") == 1
    assert "Acknowledged" in loop.state_in_slack()
    timeline = [entry for entry in await loop.world.timeline() if entry.kind == "acknowledged"]
    assert len(timeline) == 1


async def test_acknowledged_in_pagerduty_is_shown_in_slack_once(loop: Both) -> None:
    """It does not go back to PagerDuty."""
    loop.account.press("acknowledged", "PBEN")
    await loop.settle()
    assert loop.events() == ["trigger"]
    assert loop.to(MAIL).count("acknowledged") == 1
    assert "Ben" in loop.state_in_slack()


async def test_all_actions_to_and_fro_end_in_one_state(loop: Both) -> None:
    """Acknowledge, take over, undo, comment, resolve, from either side, until it is quiet."""
    await loop.press("acknowledge", "U0ANA")
    await loop.settle()
    await loop.press("take", "U0BEN")
    await loop.settle()
    loop.account.press("annotated", "PBEN", content="refunding")
    await loop.settle()
    await loop.press("undo", "U0BEN")
    await loop.settle()
    assert (await loop.incident()).state is State.FIRING
    loop.account.press("resolved", "PANA")
    await loop.settle()
    incident = await loop.incident()
    assert incident.state is State.RESOLVED
    assert [one.text for one in incident.responses.comments] == ["refunding"]
    assert "Resolved" in loop.state_in_slack()
    assert loop.to(MAIL).count("resolved by hand") == 1
    assert {one.status for one in loop.account.incidents.values()} == {"resolved"}
    assert len(loop.fake.posted(CHANNEL)) == 1


async def test_concurrent_acknowledgements_have_one_winner(loop: Both) -> None:
    """From Slack, PagerDuty and a link at once: one holds it, and the others get the name."""
    loop.account.press("acknowledged", "PBEN")
    waiting, loop.account.webhooks = loop.account.webhooks, []
    ana = verified_person("ana", "link")
    by_slack, by_link, by_pagerduty = await asyncio.gather(
        loop.press("acknowledge", "U0BEN"),
        loop.world.engine.act(1001, ActionName.ACK, ana),
        loop.post(waiting[0]),
    )
    await loop.settle()
    ack = (await loop.incident()).ack
    assert ack is not None
    assert by_pagerduty.status == 200
    answers: list[Any] = [by_slack, by_link.answer.value]
    held = "acknowledged by Ana" if ack.by == "ana" else "already acknowledged"
    assert any(held in answer or "acknowledged by Ben" in answer for answer in answers)
    assert loop.to(MAIL).count("acknowledged") == 1

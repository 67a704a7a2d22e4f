"""Player of stories: to a real Alertmanager in real time, to the gateway in virtual time.

The gateway gets each post at the instant at which Alertmanager got it.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from gateway.channels.contract import Channel
from gateway.channels.webhook.body import body
from gateway.config.load import Config
from gateway.core.incidents.message import Message, Receipt
from gateway.core.matching.matcher import Matcher
from gateway.core.plan.plan import Repeats, Target
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.silences.silences import SilenceRequest
from tests.conformance.adapter_scenarios import routes_of
from tests.endtoend.monitoring import Alertmanager
from tests.fakes import FakeWebhook, Received
from tests.flow.world import START, FakeChannel, World
from tests.peers.stories import Event, Story, configuration
from tests.processes.harness import ended_after
from tests.web.parsing import parse_post

Bodies = list[tuple[float, dict[str, Any]]]
"""Webhooks, each with its seconds from the start."""


LATE = 0.2
"""Seconds by which an event may be late: events and ticks are a quarter of a second apart."""


@dataclass
class Played:
    """Alertmanager's input and its webhooks; all times in seconds from the start."""

    stories: list[Story]
    took: list[tuple[float, Event]] = field(default_factory=list)
    bodies: Bodies = field(default_factory=list)

    def on_time(self) -> list[Story]:
        """Return the stories without an event so late that it may have missed a tick."""
        late = {event.labels["story"] for at, event in self.took if at - event.at > LATE}
        return [story for story in self.stories if story.name not in late]


class Collector(FakeWebhook):
    """A receiver of webhooks; `arrived` has the unix seconds and the body of each."""

    def __init__(self) -> None:
        super().__init__(on_accept=self._keep)
        self.arrived: Bodies = []

    def _keep(self, name: str, received: Received) -> None:
        self.arrived.append((time.time(), received.json))


async def to_alertmanager(
    home: Path, stories: Sequence[Story], collector: Collector, length: float
) -> Played:
    """Play to the real one for `length` seconds; `collector` gets its webhooks."""
    played, url = Played(list(stories)), collector.url
    collector.arrived.clear()
    alertmanager = await asyncio.to_thread(Alertmanager, home, configuration(played.stories, url))
    with ended_after(alertmanager):
        await asyncio.to_thread(alertmanager.wait)
        start = time.time() + 0.5
        async with aiohttp.ClientSession(alertmanager.url) as session:
            events = [event for story in played.stories for event in story.events]
            for event in sorted(events, key=lambda event: event.at):
                await asyncio.sleep(max(0.0, start + event.at - time.time()))
                began = time.time()
                await _post(session, event, start)
                at = (began + time.time()) / 2 - start
                played.took.append((at, event))
            await asyncio.sleep(max(0.0, start + length - time.time()))
        await asyncio.to_thread(alertmanager.stop)
    played.bodies = [(at - start, body) for at, body in collector.arrived]
    return played


async def _post(session: aiohttp.ClientSession, event: Event, start: float) -> None:
    path, content = (
        f"/api/v2/{'silences' if event.silenced_until else 'alerts'}",
        _body(event, start),
    )
    async with session.post(path, json=content) as answer:
        assert answer.status == 200, await answer.text()


def _body(event: Event, start: float) -> Any:
    """Return an event as Alertmanager's API accepts it."""
    if event.silenced_until is not None:
        return {
            "matchers": [matcher.to_json() for matcher in _matchers(event)],
            "startsAt": format_rfc3339(start + event.at),
            "endsAt": format_rfc3339(start + event.silenced_until),
            "createdBy": "ana",
            "comment": "a story",
        }
    alert: dict[str, Any] = {"labels": event.labels, "annotations": event.annotations}
    if event.began_at is not None:
        alert["startsAt"] = format_rfc3339(start + event.began_at)
    if event.ends_at is not None:
        alert["endsAt"] = format_rfc3339(start + event.ends_at)
    return [alert]


def _matchers(event: Event) -> list[Matcher]:
    return [Matcher(name, "=", value) for name, value in event.labels.items()]


async def to_the_gateway(
    folder: Path, played: Played, url: str, length: float, repeats: Repeats = Repeats.ON_TICKS
) -> Bodies:
    """Play the same to a gateway in virtual time, and return its webhooks."""
    routes = json.loads(routes_of(json.dumps(configuration(played.stories, url))))
    routes["repeats"] = str(repeats)
    stage = Stage(f"sqlite:///{folder}/gateway.db", json.dumps(routes))
    await stage.start()
    try:
        for at, event in played.took:
            await stage.advance(max(0.0, START + at - stage.now))
            await stage.apply(event)
        await stage.advance(START + length - stage.now)
    finally:
        await stage.close()
    return stage.bodies


class Stage(World):
    """A gateway whose webhooks are recorded."""

    def __init__(self, url: str, routes: str) -> None:
        super().__init__(url, routes)
        self.bodies: Bodies = []

    def channels(self, config: Config) -> dict[str, Channel]:
        """Record the webhook channel; the others are never used."""
        return {**super().channels(config), "webhook": RecordingChannel("webhook", self)}

    async def apply(self, event: Event) -> None:
        """Apply an event as the HTTP endpoints would."""
        if event.silenced_until is not None:
            until = START + event.silenced_until
            matchers = _matchers(event)
            await self.engine.silences.put(
                SilenceRequest(matchers, self.now, until, "ana", "a story")
            )
            return
        posted = json.dumps(_body(event, START)).encode()
        parsed = parse_post("prometheus", posted, self.now)
        await self.post(*parsed.alerts, source="prometheus")


class RecordingChannel(FakeChannel):
    """A channel that records the bodies of webhooks."""

    world: Stage

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Record it."""
        self.world.bodies.append((self.world.now - START, body(message)))
        return {}

"""The conformance adapter for whole scenarios, played by a gateway in virtual time.

It translates receivers, pushed alerts and collected webhooks. Scenarios are Alertmanager's, so
repeats come on the group interval.
"""

import asyncio
import json
import re
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from gateway.channels.contract import Channel
from gateway.channels.webhook.body import body
from gateway.config.load import Config
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings
from gateway.config.source.tree import read_tree
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.incidents.silence import Silence
from gateway.core.matching.parse import parse_matcher
from gateway.core.plan.plan import Repeats, Target
from gateway.core.time.timestamps import format_rfc3339, parse_instant
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import START, FakeChannel, World
from tests.web.parsing import parse_post

__all__ = ["routes_of", "scenario_run"]

END = 20.0
"""Seconds after the start: later than the last window of any scenario."""

_SINCE = re.compile(r"requests before t=([0-9.]+)")
_TAKES = re.compile(r"take ([0-9.]+) s to answer")

Batch = dict[str, Any]


def scenario_run(inputs: dict[str, Any]) -> dict[str, list[Batch]]:
    """Return what each collector received, by its name."""
    return asyncio.run(_played(inputs))


def routes_of(config: str) -> str:
    """Return a scenario's Alertmanager configuration as a routes.yaml, in JSON, which is YAML."""
    node = read_tree(config, Findings("scenario"))
    assert node is not None
    routes = plain(node)
    routes["repeats"] = str(Repeats.ON_TICKS)
    for receiver in routes["receivers"]:
        receiver["webhook"] = receiver.pop("webhook_configs")
    return json.dumps(routes)


def plain(node: Node) -> Any:
    """Return a YAML tree as plain values, each scalar as its text."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, MappingNode):
        return {name: plain(value) for name, (_, value) in node.entries.items()}
    return [plain(item) for item in node.items]


async def _played(inputs: dict[str, Any]) -> dict[str, list[Batch]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/gateway.db"
        stage = Stage(url, routes_of(inputs["config_yaml"]), inputs.get("collector_behaviour", {}))
        await stage.start()
        try:
            for step in inputs["steps"]:
                await stage.until(step["t"])
                await stage.take(step)
            await stage.until(END)
        finally:
            await stage.close()
        return dict(stage.collected)


class Stage(World):
    """A gateway that posts to collectors."""

    def __init__(self, url: str, routes: str, behaviour: dict[str, str]) -> None:
        super().__init__(url, routes)
        self.behaviour = behaviour
        self.silence: Silence | None = None
        self.collected: dict[str, list[Batch]] = defaultdict(list)

    @property
    def t(self) -> float:
        """Seconds since the start."""
        return self.now - START

    async def until(self, t: float) -> None:
        """Let time pass."""
        await self.advance(max(0.0, START + t - self.now))

    async def take(self, step: dict[str, Any]) -> None:
        """Do one step of a scenario."""
        if step["do"] == "push":
            posted = json.dumps([_posted(alert) for alert in step["alerts"]])
            parsed = parse_post("prometheus", posted.encode(), self.now)
            assert not parsed.bad
            await self.post(*parsed.alerts, source="prometheus")
        elif step["do"] == "reload":
            assert await self.engine.reload() == ()
        elif step["do"] == "silence":
            matchers = [parse_matcher(text) for text in step["matchers"]]
            span = START + step["starts_at"], START + step["ends_at"]
            self.silence = await self.engine.silences.put(
                SilenceRequest(matchers, *span, "ana", "a scenario")
            )
        elif step["do"] == "unsilence_last":
            assert self.silence is not None
            await self.engine.silences.expire(self.silence.id)
        else:
            raise ValueError(step["do"])

    def channels(self, config: Config) -> dict[str, Channel]:
        """Replace the webhook channel by collectors."""
        return {**super().channels(config), "webhook": Collector("webhook", self)}


class Collector(FakeChannel):
    """A webhook channel that records bodies and follows the scenario's behaviour."""

    world: Stage

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Record a body, or let the request time out."""
        stage = self.world
        name = target.address.rpartition("/")[2]
        behaviour = stage.behaviour.get(name, "")
        since, takes = _SINCE.search(behaviour), _TAKES.search(behaviour)
        if since is not None and stage.t < float(since[1]):
            patience = float(target.options.get("timeout", "10"))
            if takes is not None and float(takes[1]) > patience:
                stage.now += patience
                raise SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
            return {}
        alerts = [_seen(alert) for alert in body(message)["alerts"]]
        stage.collected[name].append({"t": stage.t, "alerts": alerts})
        return {}


def _posted(alert: dict[str, Any]) -> dict[str, Any]:
    """Return an alert as Prometheus posts it."""
    posted = {"labels": alert["labels"], "annotations": alert["annotations"]}
    for name, key in (("startsAt", "starts_at"), ("endsAt", "ends_at")):
        if key in alert:
            posted[name] = format_rfc3339(START + alert[key])
    return posted


def _seen(alert: dict[str, Any]) -> dict[str, Any]:
    """Return an alert of a webhook's body in the vectors' form."""
    starts_at, ends_at = parse_instant(alert["startsAt"]), parse_instant(alert["endsAt"])
    assert starts_at is not None
    return {
        "labels": alert["labels"],
        "annotations": alert["annotations"],
        "starts_at": starts_at - START,
        "ends_at": None if ends_at is None else ends_at - START,
    }

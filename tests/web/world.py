"""A fake engine that stores in memory what the web submits, and settings for tests."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import web

from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert, Sighting
from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.flow.engine import Engine, Health
from gateway.links import Links
from gateway.metrics import Metrics
from gateway.settings import ServerSettings, read_settings
from gateway.web.app import build_app

FIXTURES = Path(__file__).parent.parent / "fixtures" / "alertmanager"
NOW = 1_795_222_800.0
"""2026-11-21T01:00:00Z: after the starts of the recorded alerts, and a fixed present."""

SOURCES = (
    SourceSettings("alertmanager", "alertmanager", max_bytes=12 * 1024 * 1024),
    SourceSettings("prometheus", "prometheus", max_bytes=12 * 1024 * 1024),
    SourceSettings("small", "alertmanager", max_bytes=1000),
    SourceSettings("bearer", "alertmanager", bearer=(Secret("test-old"), Secret("test-new"))),
    SourceSettings("basic", "alertmanager", basic=(("am", Secret("test-pässword")),)),
    SourceSettings("signed", "alertmanager", hmac=(Secret("test-old"), Secret("test-new"))),
)


class FakeSourcePosts:
    """Known posts and firing alerts, in memory."""

    def __init__(self) -> None:
        self.known: set[tuple[str, str]] = set()
        self.fired: list[ReportedAlert] = []
        self.recorded = asyncio.Event()

    async def is_known(self, source: str, post_id: str) -> bool:
        return (source, post_id) in self.known

    async def record(self, source: str, post_id: str) -> None:
        self.known.add((source, post_id))
        self.recorded.set()

    async def firing(self, source: str) -> list[ReportedAlert]:
        return self.fired


class FakeEngine:
    """Engine that records what is submitted, or raises `failure` if it is set."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.links = Links("https://gateway.example.com", b"test-signing-key")
        self.submitted: list[tuple[str, list[ReportedAlert]]] = []
        self.known: set[Sighting] = set()
        self.truncated = 0
        self.source_posts = FakeSourcePosts()
        self.source_activity = SimpleNamespace(record=lambda source: None)
        self.rejected: list[tuple[Any, ...]] = []
        self.failure: Exception | None = None
        self.health: list[Health] = [Health("store", ok=True)]
        self.sources = {source.name: source for source in SOURCES}
        self.time = NOW

    @property
    def config(self) -> Any:
        return SimpleNamespace(sources=self.sources, warnings=(), channels={})

    def now(self) -> float:
        return self.time

    def absorb_raw(self, source: str, unread: RawRepost) -> bool:
        return 0 < len(unread) == len(set(unread) & self.known)

    async def submit(
        self,
        source: str,
        alerts: Sequence[ReportedAlert],
        truncated: int = 0,
        unread: RawRepost | None = None,
    ) -> None:
        if self.failure is not None:
            raise self.failure
        self.known.update(unread or ())
        self.truncated = truncated
        self.submitted.append((source, list(alerts)))

    async def reject(self, *arguments: Any) -> None:
        self.rejected.append(arguments)

    def problems(self) -> list[Health]:
        return self.health

    @property
    def alerts(self) -> list[ReportedAlert]:
        return [alert for _, alerts in self.submitted for alert in alerts]


def settings(**env: str) -> ServerSettings:
    return read_settings({f"GATEWAY_{name.upper()}": value for name, value in env.items()})


def app_for(engine: FakeEngine, **env: str) -> web.Application:
    return build_app(cast(Engine, engine), settings(**env))


def recorded(name: str) -> bytes:
    """Return a recorded body, byte for byte as in the fixtures folder."""
    return (FIXTURES / name).read_bytes()


def prometheus_body(name: str) -> Any:
    """Return the alerts of a recorded request of Prometheus."""
    return json.loads(recorded(name))["body"]

"""Each source from end to end: over HTTP, authenticated, stored, firing and then resolved."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.flow.world import ROUTES
from tests.web.real import Client, served

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest"
BEARER = {"Authorization": "Bearer test-token"}


@dataclass(frozen=True)
class Story:
    """A source as routes.yaml declares it, and two posts: firing, then resolved."""

    name: str
    source: str
    firing: str
    resolved: str
    headers: Mapping[str, str] = field(default_factory=lambda: BEARER)


STORIES = [
    Story(
        "grafana",
        "{type: grafana, bearer: test-token}",
        "grafana/unified_firing",
        "grafana/unified_resolved",
    ),
    Story(
        "grafana-legacy",
        "{type: grafana, bearer: test-token}",
        "grafana/legacy_firing",
        "grafana/legacy_resolved",
    ),
]


async def post(client: Client, path: str, headers: Mapping[str, str]) -> int:
    """Post a body; return the status of the answer."""
    body = (BODIES / f"{path}.json").read_bytes()
    sent = {"Content-Type": "application/json", **headers}
    return (await client.post("/webhook/sender", data=body, headers=sent)).status


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_resolved_post_ends_the_incident_that_the_firing_one_opened(
    tmp_path: Path, story: Story
) -> None:
    """Firing and resolved keep one identity: one incident opens, notifies, and is resolved."""
    routes = f"sources: {{sender: {story.source}}}\n{ROUTES}"
    async with served(tmp_path, routes) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())
        assert await post(client, story.firing, {}) == 401
        assert await post(client, story.firing, story.headers) == 200
        assert await post(client, story.firing, story.headers) == 200
        fired = await world.advance(60.0)
        assert {one.incident for one in fired} == {1001}
        assert await post(client, story.resolved, story.headers) == 200
        await world.advance(600.0)
        incident = await world.incident()
        assert incident.state.value == "resolved"
        intake.cancel()

"""The page and the API of sources."""

import asyncio
import io
import json
from pathlib import Path

from tests.flow.world import MINUTE, ROUTES, alert
from tests.web.pages.test_silencing_pages import page_of
from tests.web.real import served


async def test_sources_show_their_last_post_and_refusal(tmp_path: Path) -> None:
    """What was refused last is shown beside what was accepted."""
    async with served(tmp_path) as (world, client):
        assert "No post yet" in await page_of(client, "GET", "/sources")
        await world.post(alert())
        await world.engine.reject("alertmanager", 422, "an alert has no name", [], "", "")
        await world.advance(MINUTE)
        text = await page_of(client, "GET", "/sources")
        assert "POSTS alertmanager Last post: 11:06 UTC; 1 in the last hour" in text
        assert "422: an alert has no name" in text
        answer = await (await client.get("/api/v1/sources")).json()
        first = answer["sources"][0]
        assert (first["name"], first["credentials"]) == ("alertmanager", [])
        assert (first["posts_last_hour"], first["refusals"], first["silent"]) == (1, 1, False)
        assert first["last_refusal"]["error"] == "an alert has no name"


async def test_posts_without_alerts_count_as_posts(tmp_path: Path) -> None:
    """GitHub's ping, a state that means nothing, and a change are posts of their source."""
    sources = """
sources:
  github: {type: github, bearer: test-token}
  deployments: {type: change, bearer: test-token}
"""
    headers = {"Authorization": "Bearer test-token", "X-GitHub-Event": "ping"}
    async with served(tmp_path, sources + ROUTES) as (_, client):
        assert (await client.post("/webhook/github", json={}, headers=headers)).status == 200
        del headers["X-GitHub-Event"]
        change = {"title": "billing-api 1.8.2"}
        answer = await client.post("/webhook/deployments", json=change, headers=headers)
        assert answer.status == 200
        shown = (await (await client.get("/api/v1/sources")).json())["sources"]
        assert [one["posts_last_hour"] for one in shown] == [1, 1]


async def test_refused_post_is_no_post(tmp_path: Path) -> None:
    """A sender whose every post is refused is as silent as one that is down."""
    async with served(tmp_path) as (_, client):
        answer = await client.post("/webhook/alertmanager", json={"alerts": [{"labels": {}}]})
        assert answer.status == 422
        (first, *_) = (await (await client.get("/api/v1/sources")).json())["sources"]
        assert (first["posts_last_hour"], first["last_post_at"]) == (0, None)


async def test_post_of_many_pieces_is_one_post(tmp_path: Path) -> None:
    """Requests are counted, not the parts in which they are stored."""
    alerts = [{"labels": {"alertname": "HostDown", "host": f"db-{n}"}} for n in range(20_000)]
    async with served(tmp_path) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())
        body = io.BytesIO(json.dumps({"alerts": alerts}).encode())
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/webhook/alertmanager", data=body, headers=headers)
        assert answer.status == 200
        (first, *_) = (await (await client.get("/api/v1/sources")).json())["sources"]
        assert first["posts_last_hour"] == 1
        intake.cancel()


async def test_source_of_amazons_messages_is_not_called_open(tmp_path: Path) -> None:
    """Its listed topics are what proves a message, so nobody else may post."""
    topic = "arn:aws:sns:eu-central-1:123456789012:billing"
    sources = f"sources:\n  aws: {{type: sns, topics: ['{topic}']}}\n"
    async with served(tmp_path, sources + ROUTES) as (_, client):
        shown = (await (await client.get("/api/v1/sources")).json())["sources"]
        assert [one["credentials"] for one in shown] == [["topics"]]
        assert "anyone may post" not in await page_of(client, "GET", "/sources")

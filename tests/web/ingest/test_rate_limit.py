"""Sources that post too often."""

import asyncio
from pathlib import Path

import pytest

from gateway.core.plan.accounts import SourceSettings
from gateway.web.http.errors import RequestError
from gateway.web.ingest.rate_limit import RateLimits
from tests.flow.world import ROUTES
from tests.web.real import served

SOURCE = SourceSettings("scripts", "json", max_per_minute=60)


def test_minute_of_posts_at_once_is_accepted_and_then_one_a_second() -> None:
    """The pause that is asked for is enough."""
    limits = RateLimits()
    for _ in range(60):
        limits.take(SOURCE, 0.0)
    with pytest.raises(RequestError) as caught:
        limits.take(SOURCE, 0.0)
    assert caught.value.status == 503
    pause = float(caught.value.headers["Retry-After"])
    assert pause == 1.0
    limits.take(SOURCE, pause)
    with pytest.raises(RequestError):
        limits.take(SOURCE, pause)


def test_quiet_source_saves_no_more_than_a_minute() -> None:
    """An hour of silence does not allow an hour of posts."""
    limits = RateLimits()
    limits.take(SOURCE, 0.0)
    for _ in range(60):
        limits.take(SOURCE, 3600.0)
    with pytest.raises(RequestError):
        limits.take(SOURCE, 3600.0)


def test_source_without_a_limit_is_never_refused() -> None:
    """And one source's posts do not count for another."""
    limits = RateLimits()
    for _ in range(1000):
        limits.take(SourceSettings("alertmanager", "alertmanager"), 0.0)
    limits.take(SOURCE, 0.0)


async def test_post_too_many_is_503_and_visible(tmp_path: Path) -> None:
    """The refusal is among the refused requests, with its reason; other sources go on."""
    mapping = '{labels: {alertname: "{{ title }}"}}'
    routes = (
        "sources:\n"
        f"  scripts: {{type: json, bearer: test-token, max_per_minute: 2, mapping: {mapping}}}\n"
        f"  others: {{type: json, bearer: test-token, mapping: {mapping}}}\n" + ROUTES
    )
    headers = {"Authorization": "Bearer test-token"}
    async with served(tmp_path, routes) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())
        statuses = []
        for number in range(3):
            body = {"title": f"Job{number}"}
            answer = await client.post("/webhook/scripts", json=body, headers=headers)
            statuses.append(answer.status)
        assert statuses == [200, 200, 503]
        assert int(answer.headers["Retry-After"]) >= 1
        metrics = await (await client.get("/metrics")).text()
        assert 'gateway_ingest_rate_limited_total{source="scripts"} 1.0' in metrics
        other = await client.post("/webhook/others", json={"title": "Job"}, headers=headers)
        assert other.status == 200
        shown = await (await client.get("/api/v1/sources")).json()
        assert shown["sources"][0]["last_refusal"]["error"] == "the source posts too often"
        assert (await client.post("/webhook/scripts", json=body)).status == 401
        intake.cancel()

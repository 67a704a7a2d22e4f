"""/api/v1/verify: results of a real gateway, stored ones, and what invalid spans get."""

from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.test_verify import an_incident
from tests.flow.world import DAY, START
from tests.web.api_v1.test_api import call
from tests.web.real import served


async def test_get_stores_nothing_and_post_does(tmp_path: Path) -> None:
    """Only a POST makes the result the last one."""
    async with served(tmp_path) as (world, client):
        await an_incident(world)
        since = format_rfc3339(START - DAY)
        answer = await call(client, "GET", f"/api/v1/verify?from={since}")
        assert (answer["missing"], answer["checked"]["incidents"]) == (0, 1)
        assert answer["deleted_before"] is None
        assert (await call(client, "GET", "/api/v1/verify/runs"))["verifications"] == []
        response = await client.post("/api/v1/verify", json={"from": since})
        assert response.status == 200
        runs = (await call(client, "GET", "/api/v1/verify/runs"))["verifications"]
        assert [one["missing"] for one in runs] == [0]


async def test_empty_span_is_refused(tmp_path: Path) -> None:
    """The answer names the field."""
    async with served(tmp_path) as (_, client):
        since = format_rfc3339(START + DAY)
        response = await client.get(f"/api/v1/verify?from={since}")
        assert response.status == 422
        assert (await response.json())["detail"][0]["field"] == "to"

"""The page and the API of sources."""

from pathlib import Path

from tests.flow.world import MINUTE, alert
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

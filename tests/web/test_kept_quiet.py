"""What is kept quiet says so on the pages, and why."""

from pathlib import Path

from tests.flow.world import MINUTE, alert
from tests.web.real import served, token
from tests.web.test_ack_pages import text_of


async def test_the_pages_say_why_nobody_is_told(tmp_path: Path) -> None:
    """Promise 2: an inhibited incident does not look as if somebody should take it; it has why."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown"), alert("SlowRenewals", "warning"))
        await world.advance(10 * MINUTE)
        assert "Nobody is told: inhibited by" in await text_of(client, "GET", "/")
        for page in ("/incidents/1002", f"/ack/{token(world, number=1002)}"):
            assert "Nobody has it yet. Nobody is told: inhibited by" in await text_of(
                client, "GET", page
            )
        for page in ("/incidents/1001", f"/ack/{token(world, number=1001)}"):
            assert "Nobody is told" not in await text_of(client, "GET", page)

"""/verify: the last results, and what the last one says is missing, linked to its incidents."""

from pathlib import Path

from sqlalchemy import delete

from gateway.core.time.spans import Span
from gateway.store.db.statement import Statement, literal
from gateway.store.schema.tables import notices
from tests.cli.test_verify import an_incident
from tests.flow.world import DAY, HOUR, START
from tests.web.real import served

_FORGET_ENDS = Statement(delete(notices).where(notices.c.kind == literal("resolved")))


async def test_page_before_the_first_result_says_how_to_get_one(tmp_path: Path) -> None:
    """It names the command."""
    async with served(tmp_path) as (_, client):
        text = await (await client.get("/verify")).text()
        assert "gateway verify --last 7d --record" in text


async def test_page_lists_what_is_missing_and_the_results_before(tmp_path: Path) -> None:
    """Each finding links to its incident; earlier results stay."""
    async with served(tmp_path) as (world, client):
        await an_incident(world)
        verifier = world.engine.verifier
        await verifier.verify_and_store(Span(START - DAY, world.now))
        await world.engine.store.write(lambda tx: tx.run(_FORGET_ENDS))
        await world.advance(HOUR)
        await verifier.verify_and_store(Span(START - DAY, world.now))
        text = await (await client.get("/verify")).text()
        assert "4 MISSING" in text
        assert '<a href="./incidents/1001">#1001</a>' in text
        assert "Slack #billing-alerts was notified of the firing" in text
        assert "0 missing in 1 alert, 1 incident and 8 messages" in text

"""`gateway verify`: "0 missing", or a line for each broken promise."""

import json
from pathlib import Path

from sqlalchemy import delete

from gateway.store.db.statement import Statement, literal
from gateway.store.schema.tables import notices
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import MINUTE, World, alert
from tests.web.real import served

_FORGET_END = Statement(
    delete(notices).where(
        notices.c.kind == literal("resolved"), notices.c.channel == literal("slack")
    )
)


async def an_incident(world: World) -> None:
    """Let an alert fire and end."""
    began = world.now
    await world.post(alert(starts_at=began))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=began, ends_at=world.now))
    await world.advance(10 * MINUTE)


async def test_kept_promises_are_0_missing(tmp_path: Path) -> None:
    """It says how much was checked, and exits with 0."""
    async with served(tmp_path) as (world, client):
        await an_incident(world)
        text = await fine_at(world, client, "verify", "--last", "1h")
        assert "Checked 1 alert, 1 incident and 8 messages from 2026-11-18 10:17 UTC" in text
        assert text.endswith("\n0 missing\n")


async def test_broken_promise_is_listed_with_what_to_do(tmp_path: Path) -> None:
    """When, which incident, which promise, what, and what to do; exit status 1."""
    async with served(tmp_path) as (world, client):
        await an_incident(world)
        await world.engine.store.write(lambda tx: tx.run(_FORGET_END))
        result = await at(world, client, "verify", "--record")
        assert result.exit_code == 1
        for part in (
            "2026-11-18 11:11 UTC",
            "#1001",
            "ended: end missing",
            "Slack #billing-alerts was notified of the firing, and no message says that it ended",
            "Notify them that it has ended: their message still says that it fires",
            "\n1 missing\n",
        ):
            assert part in result.output
        stored = await fine_at(world, client, "verify", "--last", "1m", "--record")
        assert "0 missing" in stored
        runs = await world.engine.verifier.latest(5)
        assert [one["missing"] for one in runs] == [0, 1]


async def test_json_has_every_finding(tmp_path: Path) -> None:
    """Programs get the counts, and each finding with its promise and action."""
    async with served(tmp_path) as (world, client):
        await an_incident(world)
        await world.engine.store.write(lambda tx: tx.run(_FORGET_END))
        answer = json.loads((await at(world, client, "verify", "--json")).output)
        assert answer["missing"] == 1
        assert answer["by_promise"]["ended"] == 1
        assert answer["broken"][0]["incident"] == 1001
        assert answer["checked"] == {"alerts": 1, "incidents": 1, "notices": 7}


async def test_impossible_span_is_refused(tmp_path: Path) -> None:
    """The error says what to write."""
    async with served(tmp_path) as (world, client):
        both = await at(world, client, "verify", "--from", "-1d", "--last", "1h")
        assert both.exit_code == 2
        assert "--from and --last exclude each other" in both.output
        typo = await at(world, client, "verify", "--last", "a week")
        assert "--last 'a week' is not a duration" in typo.output

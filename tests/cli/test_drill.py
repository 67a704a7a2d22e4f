"""`gateway drill` and the page of drills: the results, and a drill that begins now."""

import json
from pathlib import Path

from gateway.core.incidents.retry import Failure, SendError
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.drills.world import drilled, noon, watch
from tests.flow.world import MINUTE, ROUTES


async def test_list_has_the_last_result_of_each(tmp_path: Path) -> None:
    """What is drilled, what became of it, and when the next run is."""
    async with drilled(tmp_path) as (world, client):
        text = await fine_at(world, client, "drill", "list")
        assert "noon   escalation billing  not yet run" in text
        await noon(world, MINUTE)
        text = await fine_at(world, client, "drill", "list")
        assert "arrived" in text
        assert "the message arrived after 0s" in text
        data = json.loads(await fine_at(world, client, "drill", "list", "--json"))
        (drill,) = data["drills"]
        assert drill["next_at"] == "2026-11-19T12:00:00Z"
        (message,) = drill["runs"][0]["messages"]
        assert (message["name"], message["proof"]) == ("e-mail ana@example.com", "acceptance")
        assert message["seconds"] == 0.0


async def test_failed_drill_is_an_exit_status(tmp_path: Path) -> None:
    """Scripts see it; the page shows why."""
    async with drilled(tmp_path) as (world, client):
        world.break_channel("email", lambda: SendError(Failure.BAD_RECIPIENT, "no such mailbox"))
        await noon(world, 3 * MINUTE)
        result = await at(world, client, "drill", "list")
        assert result.exit_code == 1
        assert "no such mailbox" in result.output
        page = await (await client.get("/drills")).text()
        assert "FAILED" in page
        assert "no such mailbox" in page
        assert "Incident #1001" in page


async def test_run_begins_it_now(tmp_path: Path) -> None:
    """It says who began it; a second one is refused while it runs; an unknown name is named."""
    async with drilled(tmp_path) as (world, client):
        begun = await at(world, client, "drill", "run", "noon", "--no-wait", "--as", "ana")
        assert begun.exit_code == 0, begun.output
        assert begun.output.startswith("running: nobody was notified yet")
        again = await at(world, client, "drill", "run", "noon", "--as", "ana")
        assert again.exit_code == 1
        assert "drill noon runs already" in again.output
        await watch(world, MINUTE)
        (drill,) = (await (await client.get("/api/v1/drills")).json())["drills"]
        assert drill["runs"][0]["state"] == "arrived"
        assert drill["runs"][0]["began_by"] == "Ana"
        unknown = await at(world, client, "drill", "run", "non", "--as", "ana")
        assert "did you mean noon?" in unknown.output


async def test_no_drills_say_how_to_declare_one(tmp_path: Path) -> None:
    """The page and the command are no dead ends."""
    async with drilled(tmp_path, routes=ROUTES) as (world, client):
        assert "declares no drills:" in await fine_at(world, client, "drill", "list")
        assert "Declare one in routes.yaml" in await (await client.get("/drills")).text()


async def test_drill_is_no_alert_whose_monitoring_is_judged(tmp_path: Path) -> None:
    """`gateway soundness` lists rules of the watched system."""
    async with drilled(tmp_path) as (world, client):
        await noon(world, MINUTE)
        sound = await at(world, client, "soundness", "--json")
        assert json.loads(sound.output)["rules"] == []

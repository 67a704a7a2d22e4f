"""`gateway source heartbeats` against a running gateway."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from gateway.core.heartbeats.state import PingKind
from tests.cli.test_commands_of_a_running_gateway import fine_at
from tests.flow.heartbeats.test_heartbeats import JOBS, ping
from tests.flow.world import ROUTES
from tests.web.real import served


async def test_table_has_state_times_and_the_url(tmp_path: Path) -> None:
    """One line shows whether the job is well, and what it must ping."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        text = await fine_at(world, client, "source", "heartbeats")
        assert text.splitlines()[1].split()[:3] == ["renewal-cron", "new", "never"]
        await ping(world, PingKind.START)
        world.now += 90.0
        await ping(world, PingKind.FAIL, exit_status=2)
        text = await fine_at(world, client, "source", "heartbeats")
        assert "down (failed)" in text
        assert "11:08 UTC, took 1m30s" in text
        assert "12:08 UTC" in text
        assert "every 1h" in text
        (one,) = json.loads(await fine_at(world, client, "source", "heartbeats", "--json"))[
            "heartbeats"
        ]
        assert (one["status"], one["problems"], one["exit_status"]) == ("down", ["failed"], 2)
        assert (await client.get(urlsplit(one["url"]).path)).status == 200


async def test_without_heartbeats_the_command_says_so(tmp_path: Path) -> None:
    """An empty table would leave the reader to guess."""
    async with served(tmp_path) as (world, client):
        text = await fine_at(world, client, "source", "heartbeats")
        assert text == "routes.yaml declares no heartbeats:\n"

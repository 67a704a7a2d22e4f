"""`gateway change`, and the change on incidents, timeline and page."""

import json
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import MINUTE, alert
from tests.web.real import served


async def test_added_change_is_listed_and_shown_on_the_incident(tmp_path: Path) -> None:
    """One report is in the list, the incident's text, JSON, story and page."""
    async with served(tmp_path) as (world, client):
        text = await fine_at(
            world, client, "change", "add", "billing-api 1.42", "team=billing", "service=api",
            "--link", "https://ci.example.com/7", "--at", "-1m", "--as", "program:ci",
        )  # fmt: skip
        assert text == "added change 1: billing-api 1.42\n"
        world.now += 3 * MINUTE
        await world.post(alert())
        await world.advance(MINUTE)
        listed = await fine_at(world, client, "change", "list")
        assert "billing-api 1.42" in listed
        assert 'service="api", team="billing"' in listed
        shown = await fine_at(world, client, "incidents", "1001")
        assert "Change 4 min before: billing-api 1.42 https://ci.example.com/7" in shown
        detail = json.loads(await fine_at(world, client, "incidents", "1001", "--json"))
        assert [one["title"] for one in detail["changes"]] == ["billing-api 1.42"]
        story = await fine_at(world, client, "timeline", "1001", "--markdown")
        assert "change 4 min before" in story
        page = await (await client.get("/incidents/1001")).text()
        assert "Change 4 min before, at" in page
        assert '<a href="https://ci.example.com/7" rel="noreferrer">billing-api 1.42</a>' in page


async def test_refused_change_names_its_field(tmp_path: Path) -> None:
    """Exit status 1, and what is wrong."""
    async with served(tmp_path) as (world, client):
        result = await at(world, client, "change", "add", "x", "--link", "ftp://a", "--as", "ana")
        assert result.exit_code == 1
        assert "link" in result.stderr
        assert await fine_at(world, client, "change", "list") == "no changes\n"

"""`gateway followup` and `gateway timeline` on a running gateway."""

import json
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import MINUTE, alert
from tests.web.real import served

ADD = ("followup", "add", "1001", "alert on the retry queue", "--as", "ana")


async def test_item_is_added_listed_and_done(tmp_path: Path) -> None:
    """An item has an owner and a due date, and leaves the list when it is done."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        text = await fine_at(world, client, *ADD, "--owner", "ben", "--due", "2026-12-10")
        assert text.startswith("added 1 [ ] #1001 alert on the retry queue   (Ben), due ")
        assert "1 [ ]" in await fine_at(world, client, "followup", "list", "--owner", "ben")
        assert await fine_at(world, client, "followup", "list", "--owner", "ana") == (
            "nothing to do\n"
        )
        assert "1 [x]" in await fine_at(world, client, "followup", "done", "1", "--as", "ben")
        assert await fine_at(world, client, "followup", "list") == "nothing to do\n"
        assert "1 [x]" in await fine_at(world, client, "followup", "list", "1001")
        again = await fine_at(world, client, "followup", "done", "1", "--undo", "--as", "ben")
        assert "1 [ ]" in again
        kinds = [one.kind.value for one in await world.timeline()]
        assert kinds.count("follow-up") == 3


async def test_item_is_changed_in_what_is_given_only(tmp_path: Path) -> None:
    """Text, owner and date change one by one; `none` removes owner and date."""
    change = ("followup", "change", "1", "--as", "ana")
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await fine_at(world, client, *ADD, "--owner", "ben", "--due", "2026-12-10")
        (before,) = await world.engine.follow_ups.of_incident(1001)
        assert "(Ana), due " in await fine_at(world, client, *change, "--owner", "ana")
        await fine_at(world, client, *change, "--text", "alert on retries")
        (item,) = await world.engine.follow_ups.of_incident(1001)
        assert (item.text, item.owner, item.due_at) == ("alert on retries", "ana", before.due_at)
        assert "(Ana)\n" in await fine_at(world, client, *change, "--due", "none")
        await fine_at(world, client, *change, "--owner", "none")
        (item,) = await world.engine.follow_ups.of_incident(1001)
        assert (item.owner, item.due_at) == ("", None)
        assert "nobody does it" in (await world.timeline())[-1].text
        nothing = await at(world, client, *change)
        assert (nothing.exit_code, "give --text, --owner or --due" in nothing.stderr) == (2, True)
        owner = await at(world, client, *change, "--owner", "bem")
        assert (owner.exit_code, "did you mean ben?" in owner.stderr) == (1, True)


async def test_item_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    """An unknown incident, owner or item, and an empty text, exit with 1 and say why."""
    async with served(tmp_path) as (world, client):
        nothing = await at(world, client, *ADD)
        assert (nothing.exit_code, "no incident #1001" in nothing.stderr) == (1, True)
        await world.post(alert())
        owner = await at(world, client, *ADD, "--owner", "bem")
        assert (owner.exit_code, "did you mean ben?" in owner.stderr) == (1, True)
        item = await at(world, client, "followup", "done", "7", "--as", "ben")
        assert (item.exit_code, "no follow-up item 7" in item.stderr) == (1, True)


async def test_story_has_everything_in_order(tmp_path: Path) -> None:
    """The document has facts, alerts, timeline with comments, recipients and items."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(instance="a|b"))
        await world.advance(MINUTE)
        await fine_at(world, client, "ack", "1001", "--as", "ana")
        words = "refunds **run**\nsecond line"
        await fine_at(world, client, "comment", "1001", words, "--as", "ana")
        await fine_at(world, client, *ADD)
        story = await fine_at(world, client, "timeline", "1001", "--markdown")
        assert story.startswith("# Incident 1001: DoubleChargeDetected: ")
        for part in (
            "| severity | critical |",
            "| acknowledged | by Ana, 1m after opening |",
            "instance=a|b",
            "  > refunds **run**\n  > second line",
            "- [ ] alert on the retry queue",
            "## Notified",
        ):
            assert part in story
        sections = ["## Alerts", "## Timeline", "## Notified", "## Follow-up"]
        assert [story.index(one) for one in sections] == sorted(map(story.index, sections))
        plain = await fine_at(world, client, "timeline", "1001")
        assert "acknowledged" in plain
        as_json = await fine_at(world, client, "timeline", "1001", "--json")
        assert {"at", "kind", "text", "data"} == set(json.loads(as_json)[0])
        missing = await at(world, client, "timeline", "4711", "--markdown")
        assert missing.exit_code == 1

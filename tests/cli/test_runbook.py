"""`gateway runbook` against a running gateway."""

import json
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import fine_at
from tests.flow.world import MINUTE, ROUTES, alert
from tests.web.real import served

TEXT = "# Double charge\n\n## Immediate\n\nStop the \u202ecron.\n"


async def test_list_and_one_by_the_name_of_its_alert(tmp_path: Path) -> None:
    """What the page shows can be read in a terminal too, without hidden characters."""
    books = tmp_path / "books"
    books.mkdir()
    (books / "double-charge.md").write_text(TEXT)
    (books / "refunds.md").write_text("---\nalerts: RefundsSlow\n---\n# Refunds\n")
    async with served(tmp_path, f"{ROUTES}\nrunbooks: {books}\n") as (world, client):
        lines = (await fine_at(world, client, "runbook")).splitlines()
        assert lines[1].split() == ["double-charge", "Double", "charge"]
        assert 'no section "Immediate"' in lines[2]
        text = await fine_at(world, client, "runbook", "DoubleCharge")
        assert text.startswith("# Double charge\n\n## Immediate\n\nStop the \\u202ecron.\n")
        answer = json.loads(await fine_at(world, client, "runbook", "RefundsSlow", "--json"))
        (one,) = answer["runbooks"]
        assert (one["name"], one["alerts"], one["text"]) == (
            "refunds",
            ["RefundsSlow"],
            "# Refunds\n",
        )
        assert one["url"] == "http://gateway.example.com/runbooks/refunds"
        answer = await client.get("/api/v1/runbooks", params={"name": "refund"})
        assert answer.status == 404
        assert "did you mean refunds?" in await answer.text()


async def test_alerts_without_a_runbook_are_listed_by_team(tmp_path: Path) -> None:
    """The list says what is to be written, also while there is no runbook at all."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("RefundsSlow", annotations={"summary": "x"}))
        await world.advance(MINUTE)
        lines = (await fine_at(world, client, "runbook")).splitlines()
        assert lines[-1].split() == ["no", "team", "RefundsSlow", "1"]


async def test_without_runbooks_the_command_says_so(tmp_path: Path) -> None:
    """An empty table would leave the reader to guess."""
    async with served(tmp_path) as (world, client):
        text = await fine_at(world, client, "runbook")
        assert text == "routes.yaml names no folder of runbooks, or it is empty\n"

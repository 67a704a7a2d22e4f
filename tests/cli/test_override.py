"""`gateway override`: change who is on call from the command line, on a running gateway."""

import json
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.web.real import served


async def test_override_is_added_listed_and_removed(tmp_path: Path) -> None:
    """Each command prints what follows and how to undo it, on the wall clock of the rota."""
    async with served(tmp_path) as (world, client):
        added = await fine_at(
            world, client, "override", "add", "billing", "--person", "ben", "--for", "12h",
            "--why", "ana is ill", "--as", "ben",
        )  # fmt: skip
        assert added == (
            "added override 1: Ben instead of anyone in rota billing, "
            "Wed 2026-11-18 12:06 to Thu 2026-11-19 00:06 CET\n"
            "  billing, Wed 2026-11-18 12:06 to Thu 2026-11-19 00:06 CET: Ana → Ben\n"
            "to undo: gateway override remove 1 --as ben\n"
        )
        listed = await fine_at(world, client, "override", "list")
        assert "ana is ill" in listed
        removed = await fine_at(world, client, "override", "remove", "1", "--as", "ana")
        assert "removed override 1: Ben instead of anyone" in removed
        assert "void" in await fine_at(world, client, "override", "list", "billing")


async def test_temporary_schedule_and_away_are_made(tmp_path: Path) -> None:
    """Several shifts at once; somebody away in every rota needs no rota."""
    async with served(tmp_path) as (world, client):
        shifts = await fine_at(
            world, client, "override", "add", "billing", "--as", "ana", "--json",
            "--shift", "ben", "2026-12-24", "2026-12-25",
            "--shift", "ana", "2026-12-25", "2026-12-26",
        )  # fmt: skip
        made = json.loads(shifts)["changes"]
        assert [one["id"] for one in made] == [1, 2]
        assert made[0]["from"] == "2026-12-23T23:00:00Z"
        away = await fine_at(
            world, client, "override", "add", "--away", "ana", "--to", "+1d", "--as", "ana",
            "--anyway",
        )  # fmt: skip
        assert "Ana away in every rota" in away


async def test_away_with_a_rota_is_away_from_that_rota_alone(tmp_path: Path) -> None:
    """The form that people try first; it is the same as --replaces without --person."""
    async with served(tmp_path) as (world, client):
        away = await fine_at(
            world, client, "override", "add", "billing", "--away", "ana", "--for", "1h",
            "--as", "ana", "--anyway",
        )  # fmt: skip
        assert away.startswith("added override 1: Ana away in rota billing")


async def test_rejected_override_exits_with_1_and_the_reason(tmp_path: Path) -> None:
    """The gateway's reason is printed; --dry-run rejects the same and makes nothing."""
    async with served(tmp_path) as (world, client):
        arguments = ("override", "add", "billing", "--to", "+1d", "--as", "ana")
        gap = await at(world, client, *arguments)
        assert gap.exit_code == 1
        assert "nobody would be on call in rota billing" in gap.stderr
        typo = await at(world, client, *arguments, "--person", "bne", "--dry-run")
        assert typo.exit_code == 1
        assert "did you mean ben?" in typo.stderr
        dry = await fine_at(world, client, *arguments, "--person", "ben", "--dry-run")
        assert dry.startswith("would add: Ben instead of anyone")
        assert "no overrides" in await fine_at(world, client, "override", "list")
        missing = await at(world, client, "override", "remove", "5", "--as", "ana")
        assert (missing.exit_code, "there is no change 5" in missing.stderr) == (1, True)


async def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    """Options that do not fit together are refused before the gateway is asked."""
    async with served(tmp_path) as (world, client):
        for arguments, text in [
            (("billing", "--person", "ben", "--as", "ana"), "say when it ends"),
            (("--person", "ben", "--for", "1h", "--as", "ana"), "name the ROTA"),
            (
                ("--away", "ana", "--person", "ben", "--for", "1h", "--as", "ana"),
                "ROTA --person PERSON --replaces ana",
            ),
            (("billing", "--shift", "b", "now", "+1d", "--for", "1h", "--as", "a"), "--shift"),
            (("billing", "--person", "ben", "--for", "0s", "--as", "ana"), "longer than zero"),
            (("billing", "--person", "ben", "--for", "1h"), "--as"),
            (("billing", "--person", "ben", "--to", "soon", "--as", "ana"), "is not a time"),
        ]:
            result = await at(world, client, "override", "add", *arguments)
            assert result.exit_code == 2, result.output
            assert text in result.stderr

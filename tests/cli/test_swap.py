"""`gateway swap`: ask for a shift, accept, decline, list, cancel on a running gateway."""

import json
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import ROUTES
from tests.web.real import served

ROTATING = ROUTES.replace("members: [ana]", "members: [ana, ben]")
ASK = ("swap", "ask", "billing", "--with", "ben", "--give", "2026-11-25", "--as", "ana")


async def test_swap_is_requested_and_accepted(tmp_path: Path) -> None:
    """Each command prints what was exchanged, and the next command."""
    async with served(tmp_path, ROTATING) as (world, client):
        text = await fine_at(world, client, *ASK, "--take", "2026-12-02", "--why", "dentist")
        assert text == (
            "asked for swap 1: Ben takes Ana's shift Mon 2026-11-23 09:00 to "
            "Mon 2026-11-30 09:00 CET, Ana takes Ben's Mon 2026-11-30 09:00 to "
            "Mon 2026-12-07 09:00 CET in rota billing\n"
            "to accept: gateway swap accept 1 --as ben\n"
            "to undo: gateway swap cancel 1 --as ana\n"
        )
        assert "dentist" in await fine_at(world, client, "swap", "list")
        accepted = await fine_at(world, client, "swap", "accept", "1", "--as", "ben")
        assert accepted.startswith("swap 1 accepted: Ben takes Ana's shift")
        assert "Ana → Ben" in accepted
        late = await at(world, client, "swap", "cancel", "1", "--as", "ana")
        assert (late.exit_code, "swap 1 is accepted by Ben" in late.stderr) == (1, True)


async def test_part_of_a_shift_is_declined(tmp_path: Path) -> None:
    """An evening for nothing in return; the other person says no."""
    async with served(tmp_path, ROTATING) as (world, client):
        made = await fine_at(
            world, client, "swap", "ask", "billing", "--with", "ben", "--as", "ana", "--json",
            "--give", "2026-11-25 18:00", "--give-to", "2026-11-25 22:00",
        )  # fmt: skip
        swap = json.loads(made)["swap"]
        assert (swap["gives"]["to"], swap["takes"]) == ("2026-11-25T21:00:00Z", None)
        declined = await fine_at(world, client, "swap", "decline", "1", "--as", "ben")
        assert declined.startswith("swap 1 declined")
        assert "declined" in await fine_at(world, client, "swap", "list", "--person", "ben")


async def test_rejected_swap_exits_with_1_and_wrong_usage_with_2(tmp_path: Path) -> None:
    """The gateway's reason, or what to write instead."""
    async with served(tmp_path, ROTATING) as (world, client):
        same = await at(world, client, *ASK, "--take", "2026-11-25")
        assert (same.exit_code, "Ben is not on call" in same.stderr) == (1, True)
        usage = await at(world, client, *ASK, "--take-to", "2026-12-03")
        assert (usage.exit_code, "--take-to needs --take" in usage.stderr) == (2, True)
        assert (await at(world, client, "swap", "accept", "x", "--as", "ben")).exit_code == 2
        assert "no swaps" in await fine_at(world, client, "swap", "list")

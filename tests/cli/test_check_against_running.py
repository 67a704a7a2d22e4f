"""`gateway check --against URL`: the difference from the running gateway."""

import asyncio
from pathlib import Path

import pytest

from tests.cli.console import gateway
from tests.flow.world import DAY
from tests.web.explain.test_recorded_duty import BY_DAY, ONLY_BEN
from tests.web.real import served


@pytest.mark.parametrize("fraction", [0.0, 0.0002, 0.0007, 0.9996])
@pytest.mark.parametrize(("text", "changes"), [(BY_DAY, False), (ONLY_BEN, True)])
async def test_check_at_any_fraction_of_a_second_compares_with_the_running_gateway(
    tmp_path: Path, fraction: float, text: str, *, changes: bool
) -> None:
    """The gateway answers in milliseconds, so the last stretch may end before the comparison."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(2 * DAY)
        file = tmp_path / "routes.yaml"
        file.write_text(text)
        url = str(client.make_url("/"))
        now = world.now + fraction
        result = await asyncio.to_thread(
            gateway, "check", str(file), "--against", url, now=now, **world.env
        )
        assert "no errors" in result.stdout, repr(result.exception)
        assert ("changed: rota billing: " in result.stdout) is changes
        assert ("no rota changes in the next four weeks" in result.stdout) is not changes

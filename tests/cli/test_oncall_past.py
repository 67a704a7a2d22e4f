"""`gateway oncall` about the past: the record of the running gateway, or the file with a note."""

import json
from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.console import SHIPPED, gateway
from tests.cli.test_commands_of_a_running_gateway import at
from tests.flow.world import DAY, START
from tests.web.explain.test_recorded_duty import BY_DAY, ONLY_BEN, reload
from tests.web.real import served

NO_GATEWAY = "http://127.0.0.1:9"


def text(t: float) -> str:
    return format_rfc3339(t, milliseconds=False)


async def test_past_is_read_from_the_running_gateway(tmp_path: Path) -> None:
    """The days before a change of members show who was on call then, the days after it the file."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(2 * DAY)
        await reload(world, ONLY_BEN)
        file = tmp_path / "routes.yaml"
        file.write_text(ONLY_BEN)
        span = ("--from", text(START), "--to", text(world.now + DAY))
        env = {**world.env, "GATEWAY_CONFIG": str(file)}
        result = await at(world, client, "oncall", "billing", *span, "--json", **env)
        assert result.exit_code == 0, result.output
        shifts = json.loads(result.stdout)
        people = ["+".join(one["id"] for one in shift["on_call"]) for shift in shifts]
        assert "ana" in people
        assert people[-1] == "ben"
        assert shifts[-1]["to"] == text(world.now + DAY)
        assert {one["source"] for one in shifts} == {"recorded"}
        first = ("--at", text(START + 60.0))
        [duty] = json.loads(
            (await at(world, client, "oncall", "billing", *first, "--json", **env)).stdout
        )
        assert duty["on_call"] == shifts[0]["on_call"]
        assert duty["since"] == text(START)


async def test_calendar_joins_the_record_and_the_file(tmp_path: Path) -> None:
    """A calendar over now has each day once, without a break at the present instant."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(2 * DAY)
        file = tmp_path / "routes.yaml"
        file.write_text(BY_DAY)
        span = ("--from", "2026-11-19", "--to", "2026-11-22", "--calendar")
        env = {**world.env, "GATEWAY_CONFIG": str(file)}
        result = await at(world, client, "oncall", "billing", *span, **env)
        assert result.exit_code == 0, result.output
        days = result.stdout.splitlines()[1:]
        assert [line.split()[1] for line in days] == ["2026-11-19", "2026-11-20", "2026-11-21"]
        assert all(line.count("09:00") == 1 for line in days)
        assert all(line.count(":") == 2 for line in days)


def test_without_a_gateway_the_past_is_calculated_and_says_so() -> None:
    """No gateway answers: the file is used for the past, and standard error says it."""
    result = gateway("oncall", "billing", "--from", "2026-11-01", "--url", NO_GATEWAY)
    assert result.exit_code == 0
    assert "Ben" in result.stdout
    assert "The past is calculated from routes.yaml, not read from the record" in result.stderr
    assert result.stderr.count("calculated") == 1


def test_future_does_not_ask_a_gateway() -> None:
    """A table from now on needs no gateway, as in a pipeline that checks the file."""
    result = gateway("oncall", "--from", "now", "--url", NO_GATEWAY)
    assert (result.exit_code, result.stderr) == (0, "")


def test_named_file_is_used_for_the_past_too(tmp_path: Path) -> None:
    """With --config the answer is about that file, so no gateway is asked."""
    file = tmp_path / "routes.yaml"
    file.write_text(SHIPPED.read_text())
    result = gateway("oncall", "--from", "2026-11-01", "--config", str(file), "--url", NO_GATEWAY)
    assert (result.exit_code, result.stderr) == (0, "")

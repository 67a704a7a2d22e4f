"""`gateway oncall` about the past: the record of the running gateway, or the file with a note."""

import json
from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from tests.cli.console import SHIPPED, gateway
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import DAY, HOUR, START
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


async def test_first_shift_of_a_new_database_began_at_its_handover(tmp_path: Path) -> None:
    """The record begins when the gateway first ran; people were on call before that."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(HOUR)
        for instant in (START + 1800.0, world.now - 0.5, world.now):
            arguments = ("oncall", "billing", "--at", text(instant), "--json")
            [duty] = json.loads((await at(world, client, *arguments)).stdout)
            assert duty["since"] == "2026-11-18T08:00:00Z"


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


def test_without_a_gateway_the_file_is_read_and_says_so() -> None:
    """No gateway answers: the file alone is printed, and standard error says what it lacks."""
    env = {"GATEWAY_LISTEN": "127.0.0.1:9"}
    result = gateway("oncall", "billing", "--from", "2026-11-01", **env)
    assert result.exit_code == 0
    assert "Ben" in result.stdout
    assert "reading the file, without run-time changes; turns as if new" in result.stderr
    assert result.stderr.count("reading") == 1


def test_named_gateway_that_does_not_answer_is_an_error() -> None:
    """Somebody who names a gateway must not get another answer than that gateway's."""
    result = gateway("oncall", "--url", NO_GATEWAY)
    assert result.exit_code == 1
    assert "no gateway answers" in result.stderr


def test_named_file_and_file_option_ask_no_gateway(tmp_path: Path) -> None:
    """With --config or --file the answer is about the file, as in a pipeline that checks it."""
    file = tmp_path / "routes.yaml"
    file.write_text(SHIPPED.read_text())
    for option in (("--config", str(file)), ("--file",)):
        result = gateway("oncall", "--from", "2026-11-01", *option, "--url", NO_GATEWAY)
        assert (result.exit_code, result.stderr) == (0, "")


async def test_change_made_at_run_time_is_shown(tmp_path: Path) -> None:
    """The answer is that of the running gateway: now, as a table and as a calendar."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await fine_at(
            world, client, "override", "add", "billing", "--person", "ben", "--for", "3d",
            "--as", "ben",
        )  # fmt: skip
        assert "change 1" in await fine_at(world, client, "oncall")
        table = await fine_at(world, client, "oncall", "billing", "--from", "now", "--to", "+4d")
        assert "3 days " in table
        assert "change 1" in table
        calendar = await fine_at(world, client, "oncall", "--calendar")
        assert "Ben" in calendar
        file = tmp_path / "routes.yaml"
        file.write_text(BY_DAY)
        env = {**world.env, "GATEWAY_CONFIG": str(file)}
        unchanged = await at(world, client, "oncall", "--file", **env)
        assert "change 1" not in unchanged.stdout

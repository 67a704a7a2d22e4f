"""Calendars that rotas read, as API, pages, metrics and commands show them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.calendars.test_calendars import EMPTY, ROTA, SHIFTS, read_here
from tests.flow.world import HOUR, MINUTE, ROUTES, World
from tests.web.real import Client, served


@asynccontextmanager
async def with_calendar(folder: Path, text: str, **env: str) -> AsyncIterator[tuple[World, Client]]:
    """Serve a gateway whose rota reads a file; it is not read yet."""
    file = folder / "billing.ics"
    file.write_text(text)
    routes = ROUTES.replace(ROTA, f"    ical: {file}")
    async with served(folder, routes, **env) as (world, client):
        world.engine.calendars.read_apart = read_here
        yield world, client


async def test_rota_is_unknown_until_its_calendar_is_read(tmp_path: Path) -> None:
    """API, page, explanation and metric say unknown, and not that nobody is on call."""
    async with with_calendar(tmp_path, SHIFTS.format(name="Ana")) as (world, client):
        (duty,) = (await (await client.get("/api/v1/oncall")).json())["duty"]
        assert (duty["on_call"], duty["unknown"]) == ([], True)
        page = await (await client.get("/oncall")).text()
        assert "ITS CALENDAR IS NOT KNOWN" in page
        assert "UNKNOWN" in page
        assert "NOBODY IS ON CALL" not in page
        await world.engine.calendars.round()
        (duty,) = (await (await client.get("/api/v1/oncall")).json())["duty"]
        assert ([one["id"] for one in duty["on_call"]], duty["unknown"]) == (["ana"], False)
        assert "UNKNOWN" not in await (await client.get("/oncall")).text()


async def test_calendars_are_listed_with_what_is_wrong(tmp_path: Path) -> None:
    """Names that mean nobody come with the nearest person; commands print the same."""
    bad = (
        "BEGIN:VEVENT\nUID:bad\nDTSTART:20261118T080000Z\nSUMMARY:Short\nEND:VEVENT\nEND:VCALENDAR"
    )
    text = SHIFTS.format(name="Anna").replace("END:VCALENDAR", f"{bad}END:VCALENDAR")
    async with with_calendar(tmp_path, text) as (world, client):
        (before,) = (await (await client.get("/api/v1/calendars")).json())["calendars"]
        assert (before["ok"], before["error"]) == (False, "it is not read yet")
        await world.engine.calendars.round()
        (one,) = (await (await client.get("/api/v1/calendars")).json())["calendars"]
        assert one["ok"]
        assert one["events"] == 13
        assert one["unknown_names"] == [{"summary": "Anna", "nearest": "ana"}]
        assert "it has no length" in one["problems"][0]
        printed = await fine_at(world, client, "calendar", "list")
        assert 'the event "Anna" names nobody; did you mean ana?' in printed
        assert "it has no length" in printed
        metrics = await (await client.get("/metrics")).text()
        assert f'gateway_calendar_ok{{calendar="{tmp_path}/billing.ics"}} 1.0' in metrics


async def test_loss_of_events_is_confirmed_by_a_command(tmp_path: Path) -> None:
    """/readyz lists it at once; an unknown calendar is an error with the nearest name."""
    async with with_calendar(tmp_path, SHIFTS.format(name="Ana")) as (world, client):
        name = f"{tmp_path}/billing.ics"
        await world.engine.calendars.round()
        refused = await at(world, client, "calendar", "confirm", name, "--as", "ana")
        assert (refused.exit_code, "has not lost its events" in refused.stderr) == (1, True)
        (tmp_path / "billing.ics").write_text(EMPTY)
        world.now += 5 * MINUTE
        await world.engine.calendars.round()
        ready = await (await client.get("/readyz")).json()
        assert ready["problems"] == [f"calendar {name}: it lost its events"]
        assert "lost events" in await fine_at(world, client, "calendar", "list")
        unknown = await at(world, client, "calendar", "confirm", f"{name}x", "--as", "ana")
        assert f"did you mean {name}?" in unknown.stderr
        await fine_at(world, client, "calendar", "confirm", name, "--as", "ana")
        await world.engine.calendars.round()
        (duty,) = (await (await client.get("/api/v1/oncall")).json())["duty"]
        assert (duty["on_call"], duty["unknown"]) == ([], False)


async def test_age_of_a_calendar_grows_while_it_is_broken(tmp_path: Path) -> None:
    """The metric says how old the copy is."""
    async with with_calendar(tmp_path, SHIFTS.format(name="Ana")) as (world, client):
        await world.engine.calendars.round()
        (tmp_path / "billing.ics").unlink()
        world.now += HOUR
        await world.engine.calendars.round()
        metrics = await (await client.get("/metrics")).text()
        labels = f'{{calendar="{tmp_path}/billing.ics"}}'
        assert f"gateway_calendar_ok{labels} 0.0" in metrics
        assert f"gateway_calendar_age_seconds{labels} 3600.0" in metrics

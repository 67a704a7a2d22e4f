"""`gateway report`: tables, CSV and JSON of a running gateway."""

import csv
import io
import json
from pathlib import Path

from gateway.render.view.sparkline import sparkline
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.reports.test_scheduled_reports import REPORTS
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.real import served


async def some_days(world: World) -> None:
    """Let an incident be acknowledged, and another one missed a day later."""
    await world.post(alert())
    await world.advance(2 * MINUTE)
    await world.ack(1001, "ana")
    await world.advance(20 * HOUR)
    await world.post(alert("=SUM(A1)", "warning"))
    await world.advance(2 * HOUR)


async def test_report_is_printed_as_tables(tmp_path: Path) -> None:
    """Totals with response times, the days, and tables of severities, people and alerts."""
    async with served(tmp_path) as (world, client):
        await some_days(world)
        text = await fine_at(world, client, "report", "--by", "team", "--compare")
        for part in (
            "Incidents opened from 2026-11-12 09:08 UTC to 2026-11-19 09:08 UTC",
            "after 2 min (median), 2 min (90 %), 2 min at most",
            "Thu 12 Nov ▁▁▁▁▁▁██ Thu 19 Nov   incidents a day, 1 at most",
            "critical  15m     1",
            "By team\nteam     incidents",
            "no team  2 ",
            "\nAna     1 (0 before)",
            'routes.yaml:35 {}/{severity=~"critical|warning",team="billing"}/0',
        ):
            assert part in text


async def test_report_without_incidents_is_short(tmp_path: Path) -> None:
    """No table is empty."""
    async with served(tmp_path) as (world, client):
        text = await fine_at(world, client, "report", "--from", "-1h")
        assert "incidents                   0" in text
        assert "By severity" not in text


async def test_tables_are_printed_as_csv(tmp_path: Path) -> None:
    """Spreadsheets read numbers, and calculate no text that came with an alert."""
    async with served(tmp_path) as (world, client):
        await some_days(world)
        text = await fine_at(world, client, "report", "--by", "alertname", "--csv")
        rows = {row["alertname"]: row for row in csv.DictReader(io.StringIO(text))}
        assert rows.keys() == {"DoubleChargeDetected", "'=SUM(A1)"}
        assert rows["DoubleChargeDetected"]["median_seconds_to_acknowledge"] == "120.0"
        text = await fine_at(world, client, "report", "--by", "person", "--csv")
        people = {row["person"]: row for row in csv.DictReader(io.StringIO(text))}
        assert (people["ana"]["interruptions"], people["ana"]["acknowledged"]) == ("1", "1")
        total = await fine_at(world, client, "report", "--csv")
        assert [row["incidents"] for row in csv.DictReader(io.StringIO(total))] == ["2"]


async def test_report_as_json_is_the_answer_of_the_api(tmp_path: Path) -> None:
    """Programs get what the API gives, for the selected incidents."""
    async with served(tmp_path) as (world, client):
        await some_days(world)
        text = await fine_at(world, client, "report", "--severity", "critical", "--json")
        assert json.loads(text)["totals"]["incidents"] == 1


async def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    """The message says what to write instead."""
    async with served(tmp_path) as (world, client):
        both = await at(world, client, "report", "--csv", "--json")
        assert (both.exit_code, "exclude each other" in both.stderr) == (2, True)
        turned = await at(world, client, "report", "--from", "now", "--to", "-7d")
        assert (turned.exit_code, "--to must be later" in turned.stderr) == (2, True)


def test_sparkline_shows_zero_apart_from_few() -> None:
    """One incident beside a thousand is seen; many days are added up to the width."""
    assert sparkline([0, 1, 1000]) == "▁▂█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""
    assert len(sparkline([1] * 800, 60)) <= 60


async def test_scheduled_report_is_printed_and_written(tmp_path: Path) -> None:
    """An admin sees what the report would say before the first one is sent."""
    async with served(tmp_path, REPORTS) as (world, client):
        await world.advance(0.0)
        text = await fine_at(world, client, "report", "health")
        assert text.startswith(
            "Subject: Weekly report: 0 incidents\n\nWeekly report: 0 incidents\n"
        )
        file = tmp_path / "daily.html"
        text = await fine_at(world, client, "report", "daily", "--html", str(file))
        assert text == f"written: {file}\n"
        assert "No incident is open." in file.read_text()
        content = json.loads(await fine_at(world, client, "report", "daily", "--json"))
        assert content["kind"] == "daily"
        unknown = await at(world, client, "report", "helth")
        assert (unknown.exit_code, "did you mean health?" in unknown.stderr) == (1, True)
        alone = await at(world, client, "report", "--html", str(file))
        assert (alone.exit_code, "give its NAME" in alone.stderr) == (2, True)

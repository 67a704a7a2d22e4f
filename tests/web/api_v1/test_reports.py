"""/api/v1/reports: figures of a real gateway's incidents, and what invalid questions get."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.incidents.retry import Failure, SendError
from gateway.core.time.timestamps import format_rfc3339
from gateway.store.state import retention
from tests.flow.reports.test_scheduled_reports import REPORTS
from tests.flow.world import DAY, HOUR, MINUTE, START, World, alert
from tests.web.api_v1.test_api import call
from tests.web.real import Client, served

PATH = "/api/v1/reports/figures"
Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


async def figures(client: Client, since: float = START - DAY, **query: str) -> Any:
    parameters = "".join(f"&{name}={value}" for name, value in query.items())
    return await call(client, "GET", f"{PATH}?from={format_rfc3339(since)}{parameters}")


async def test_figures_are_those_of_what_happened(gateway: Gateway) -> None:
    """One incident is acknowledged in time, one is missed, and one resolves by itself."""
    world, client = gateway
    await world.post(alert())
    await world.advance(2 * MINUTE)
    await world.ack(1001, "ana")
    await world.post(alert("SlowInvoices", "warning"), alert("PoolFull", "info", team="platform"))
    await world.advance(MINUTE)
    await world.post(alert("PoolFull", "info", team="platform", ends_at=world.now))
    await world.advance(2 * HOUR)
    report = await figures(client, by="receiver")
    totals = report["totals"]
    assert (totals["incidents"], totals["open"], totals["acknowledged"]) == (3, 2, 1)
    assert (totals["missed"], totals["no_action"]) == (1, 1)
    assert totals["to_acknowledge"] == {"count": 1, "median": 120, "p90": 120, "longest": 120}
    assert totals["to_resolve"]["count"] == 1
    assert [(one["key"], one["target"]) for one in report["by_severity"]] == [
        ("critical", "15m"),
        ("warning", "1h"),
        ("info", None),
    ]
    assert {one["key"]: one["incidents"] for one in report["groups"]} == {"billing": 2, "quiet": 1}
    people = {one["person"]["id"]: one for one in report["people"]}
    assert people["ana"]["acknowledged"] == 1
    assert people["ana"]["interruptions"] == 1
    assert people["ana"]["on_call"]["seconds"] == DAY + 2 * HOUR + 3 * MINUTE
    assert (people["ben"]["pages"], people["ben"]["interruptions"]) == (2, 0)
    noisiest = {one["alertname"]: one["routes"][0]["name"] for one in report["noisiest"]}
    assert noisiest["PoolFull"].startswith("routes.yaml:")


async def test_selection_and_comparison(gateway: Gateway) -> None:
    """Only the incidents of a rota count, and those of the same length of time before beside."""
    world, client = gateway
    await world.post(alert())
    await world.advance(DAY)
    await world.post(alert("SlowInvoices", "warning"), alert("PoolFull", "info"))
    await world.advance(MINUTE)
    of_rota = await figures(client, START + HOUR, rota="billing", compare="true")
    assert of_rota["totals"]["incidents"] == 1
    assert of_rota["before"]["incidents"] == 1
    assert (await figures(client, START + HOUR))["totals"]["incidents"] == 2
    assert (await figures(client, severity="info", team="none"))["totals"]["incidents"] == 1
    assert (await figures(client, person="ben"))["totals"]["incidents"] == 1


async def test_failed_message_is_no_message(gateway: Gateway) -> None:
    """What no vendor accepted was not read, and nobody's time to acknowledge runs."""
    world, client = gateway
    world.failing = lambda *_: SendError(Failure.BAD_RECIPIENT, "no such address")
    await world.post(alert())
    await world.advance(MINUTE)
    await world.ack(1001, "ana")
    totals = (await figures(client))["totals"]
    assert (totals["incidents"], totals["messages"], totals["acknowledged"]) == (1, 0, 1)
    assert totals["to_acknowledge"] is None


async def test_report_over_deleted_incidents_says_so(gateway: Gateway) -> None:
    """A range that begins before the last deletion is marked as incomplete, a later one is not."""
    world, client = gateway
    await world.post(alert())
    await world.post(alert(ends_at=world.now))
    await world.advance(HOUR)
    limit = world.now
    await world.engine.store.write(lambda tx: retention.prune(tx, limit, 100))
    await world.engine.store.write(lambda tx: retention.prune(tx, limit - HOUR, 100))
    report = await figures(client)
    assert (report["totals"]["incidents"], report["deleted_before"]) == (0, "2026-11-18T12:06:40Z")
    await world.advance(MINUTE)
    assert (await figures(client, limit))["deleted_before"] is None


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 422, "from"),
        ("from=yesterday", 422, "from"),
        ("from=2026-11-18T00:00:00Z&to=2026-11-17T00:00:00Z", 422, "must be after from"),
        ("from=2006-11-18T00:00:00Z", 422, "800 days"),
        ("from=2026-11-17T00:00:00Z&by=colour", 422, "by"),
        ("from=2026-11-17T00:00:00Z&zone=Europe/Atlantis", 422, "Atlantis"),
        ("from=2026-11-17T00:00:00Z&rota=biling", 404, "did you mean billing?"),
    ],
)
async def test_invalid_question_is_refused(
    gateway: Gateway, query: str, status: int, text: str
) -> None:
    """The answer names the parameter and what to write instead."""
    _, client = gateway
    async with client.get(f"{PATH}?{query}") as answer:
        assert (answer.status, text in await answer.text()) == (status, True)


async def test_scheduled_reports_are_listed_and_previewed(tmp_path: Path) -> None:
    """The list has the last and the next time; the preview is what would be sent now."""
    async with served(tmp_path, REPORTS) as (world, client):
        await world.advance(0.0)
        (daily, weekly) = (await call(client, "GET", "/api/v1/reports"))["reports"]
        assert (daily["id"], daily["kind"], daily["cron"]) == ("daily", "daily", "0 8 * * *")
        assert (daily["last_at"], daily["next_at"]) == (
            "2026-11-18T07:00:00Z",
            "2026-11-19T07:00:00Z",
        )
        assert weekly["next_at"] == "2026-11-23T07:00:00Z"
        await world.post(alert())
        await world.advance(MINUTE)
        preview = await call(client, "GET", "/api/v1/reports/daily")
        assert preview["subject"] == "Daily report: 1 incident, 1 open"
        assert "#1001 [critical]" in preview["text"]
        assert preview["html"].startswith("<!DOCTYPE html>")
        assert preview["content"]["totals"]["incidents"] == 1
        async with client.get("/api/v1/reports/dayly") as answer:
            assert (answer.status, "did you mean daily?" in await answer.text()) == (404, True)
        assert [one.kind for one in world.delivered if one.kind == "report"] == []

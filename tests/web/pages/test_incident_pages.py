"""The list of incidents, and the page of one incident with its history."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth

from gateway.core.incidents.retry import Failure, SendError
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, START, World, alert
from tests.web.pages.test_ack_pages import text_of
from tests.web.real import Client, served

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


async def test_list_without_incidents_says_nothing_is_firing(gateway: Gateway) -> None:
    """An empty list says in words that nothing is firing."""
    assert "Nothing is firing." in await text_of(gateway[1], "GET", "/")


async def test_list_is_sorted_by_severity(gateway: Gateway) -> None:
    """Open incidents are sorted by severity and name their holder; resolved ones follow."""
    world, client = gateway
    await world.post(alert("Worst"), alert("Lesser", "warning"), alert("Over", "warning"))
    await world.advance(10 * MINUTE)
    await world.post(alert("Over", "warning", starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    page = await text_of(client, "GET", "/")
    assert "2 open incidents" in page
    order = [page.index(word) for word in ("CRITICAL", "WARNING", "Recently resolved", "RESOLVED")]
    assert order == sorted(order)
    assert "unacknowledged, overdue since 11:21 UTC · response missed · for 20 min" in page
    await world.ack(1001)
    assert "acknowledged by Ana" in await text_of(client, "GET", "/")


async def test_list_shows_what_waits_for_the_next_business_day(tmp_path: Path) -> None:
    """An incident that may wait for the next business day is not called overdue before it."""
    routes = ROUTES.replace("info: {rank: 3,", "info: {rank: 3, respond_within: next business day,")
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert("NightlyReport", "info"))
        await world.advance(10 * MINUTE)
        page = await text_of(client, "GET", "/")
        assert "waits for the next business day, until Thu 19 Nov, 17:00 UTC · for 10 min" in page
        assert "overdue" not in page
        await world.advance(2 * DAY)
        page = await text_of(client, "GET", "/")
        assert "unacknowledged, overdue since" in page
        assert "next business day" not in page


async def test_incident_page_acts_by_a_signed_form(gateway: Gateway) -> None:
    """Promise 5: the page acknowledges, takes over and undoes by POST to a link of its own."""
    world, client = gateway
    await world.post(alert())
    await world.advance(MINUTE)
    for button, fields, holder in (
        ("Acknowledge", {"person": "ana"}, "ana"),
        ("Take over from Ana", {"person": "ben", "from": "ana"}, "ben"),
        ("Undo: give it back to Ana", {"person": "ben", "back": "1"}, "ana"),
        ("Undo the acknowledgement", {"person": "ben"}, None),
    ):
        page = await (await client.get("/incidents/1001")).text()
        assert button in page
        action = re.search(r'form method="post" action="([^"]+)"', page)
        other = re.search(rf'formaction="([^"]+)"[^>]*>{button}<', page)
        path = (other or action)[1]  # type: ignore[index]
        assert path.startswith("../ack/")
        answer = await client.post(path.removeprefix(".."), data=fields)
        assert answer.status == 200
        ack = (await world.incident()).ack
        assert (ack and ack.by) == holder


async def test_incident_page_offers_no_action_to_readers_only(tmp_path: Path) -> None:
    """Promise 5: anyone may read with GATEWAY_PUBLIC_READS, but only the token's holder may act."""
    env = {"listen": "0.0.0.0:9095", "api_token": "test-token", "public_reads": "1"}
    async with served(tmp_path, **env) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        page = await (await client.get("/incidents/1001")).text()
        assert "<form" not in page
        headers = {"Authorization": encode_basic_auth("ana", "test-token")}
        page = await (await client.get("/incidents/1001", headers=headers)).text()
        assert "<form" in page


async def test_incident_page_shows_history_alerts_and_deliveries(gateway: Gateway) -> None:
    """The page shows the incident, its timeline, its alerts and each notice with its delivery."""
    world, client = gateway
    await world.post(alert(instance="billing-1"), alert(instance="billing-2"))
    await world.advance(16 * MINUTE)
    await world.ack(1001, "ben")
    page = await text_of(client, "GET", "/incidents/1001")
    for expected in (
        "CRITICAL #1001",
        "Acknowledged by Ben",
        "Runbook",
        "Timeline",
        "Notified first: 2 firing, to billing-oncall@example.com, PagerDuty (billing), "
        "Slack #billing-alerts",
        "Escalated",
        "Ana e-mail ana@example.com",
        "first: delivered",
        "instance billing-1",
        "alertname DoubleChargeDetected",
        "Times are in UTC",
    ):
        assert expected.replace("instance ", "") in page
    assert "PAGERDUTY_BILLING_KEY" not in page


async def test_undelivered_notice_shows_cause_and_attempts(gateway: Gateway) -> None:
    """E15, E41: an undelivered message is shown with its cause and its next attempt."""
    world, client = gateway
    world.break_channel("slack", lambda: SendError(Failure.SERVER_ERROR, "it answered 500"))
    await world.post(alert())
    await world.advance(5 * MINUTE)
    page = await text_of(client, "GET", "/incidents/1001")
    assert "not delivered yet, next attempt" in page
    assert "it answered 500" in page
    world.break_channel("slack", lambda: SendError(Failure.BAD_RECIPIENT, "channel_not_found"))
    await world.advance(HOUR)
    assert "given up" in await text_of(client, "GET", "/incidents/1001")


async def test_resolved_incident_does_not_show_the_next_firing(gateway: Gateway) -> None:
    """An alert that fires again opens a new incident and leaves the resolved one unchanged."""
    world, client = gateway
    began = world.now
    await world.post(alert("DiskFull", "warning"))
    await world.advance(10 * MINUTE)
    await world.post(alert("DiskFull", "warning", starts_at=began, ends_at=world.now))
    await world.advance(2 * HOUR)
    before = await text_of(client, "GET", "/incidents/1001")
    json_before = await (await client.get("/api/v1/incidents/1001")).json()
    await world.post(alert("DiskFull", "warning", starts_at=world.now))
    await world.advance(MINUTE)
    after = await text_of(client, "GET", "/incidents/1001")
    for page in (before, after):
        assert "after 1" in page
        assert " resolved DiskFull" in page
        assert "not notified yet" not in page
        assert " firing DiskFull" not in page
    json_after = await (await client.get("/api/v1/incidents/1001")).json()
    assert [one["status"] for one in json_after["alerts"]] == ["resolved"]
    assert json_after["alerts"][0]["starts_at"] == json_before["alerts"][0]["starts_at"]
    assert "firing DiskFull" in await text_of(client, "GET", "/incidents/1002")


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "0"])
async def test_unknown_incident_answers_a_404_page(gateway: Gateway, number: str) -> None:
    """Any unknown number answers a page that links to all incidents."""
    page = await text_of(gateway[1], "GET", f"/incidents/{number}", status=404)
    assert "There is no incident" in page
    assert "All incidents" in page


async def test_pages_beyond_loopback_require_the_token(tmp_path: Path) -> None:
    """Beyond loopback pages require the token, which a browser can send as a password."""
    env = {"listen": "0.0.0.0:9095", "api_token": "test-api-token"}
    async with served(tmp_path, **env) as (_, client):
        answer = await client.get("/")
        assert answer.status == 401
        assert "Basic" in answer.headers["WWW-Authenticate"]
        authorized = await client.get(
            "/", headers={"Authorization": encode_basic_auth("me", "test-api-token")}
        )
        assert authorized.status == 200


async def test_public_reads_open_the_pages_alone(tmp_path: Path) -> None:
    """GATEWAY_PUBLIC_READS permits reading and nothing else."""
    async with served(tmp_path, listen="0.0.0.0:9095", public_reads="1") as (_, client):
        assert (await client.get("/")).status == 200
        assert (await client.post("/-/reload")).status == 403


async def test_pages_beyond_loopback_without_token_name_the_setting(tmp_path: Path) -> None:
    """A gateway that listens beyond loopback without a token names the missing setting."""
    async with served(tmp_path, listen="0.0.0.0:9095") as (_, client):
        page = await text_of(client, "GET", "/", status=403)
        assert "GATEWAY_API_TOKEN" in page


async def test_printed_notice_is_not_called_delivered(gateway: Gateway) -> None:
    """A console reaches nobody: page, API and explanation say so instead of "delivered"."""
    world, client = gateway
    world.printed |= {"email", "slack", "pagerduty"}
    await world.post(alert())
    await world.advance(MINUTE)
    page = await text_of(client, "GET", "/incidents/1001")
    assert "first: printed on the console, not sent" in page
    assert "delivered" not in page
    explanation = await (await client.get("/api/v1/explain", params={"incident": "1001"})).json()
    [incident] = explanation["incidents"]
    assert not incident["told"]
    assert {notice["outcome"] for notice in incident["notices"]} == {"printed"}
    assert "Messages printed on the console, not sent: 4." in explanation["answer"]
    explanation = await (await client.get("/api/v1/explain", params={"person": "ana"})).json()
    assert any(
        "0 delivered, 1 printed on the console, not sent" in one for one in explanation["answer"]
    )

"""Teams wherever incidents are listed: pages, API, command line, metrics and messages."""

import re
from pathlib import Path
from typing import Any

from gateway.core.decide.facts import build_facts
from tests.cli.console import fine, fine_json
from tests.cli.test_commands_of_a_running_gateway import fine_at
from tests.flow.intake.test_teams import TEAMS
from tests.flow.world import ENV, MINUTE, World, alert
from tests.web.real import Client, served


async def fill(world: World) -> None:
    """Open three incidents: of Billing, of payments, and of no team."""
    await world.post(alert("A"), alert("B", team="shop", service="payments"))
    await world.post(alert("C", team="shop", cluster="other"))
    await world.advance(MINUTE)


async def numbers(client: Client, **query: str) -> list[int]:
    body = await (await client.get("/api/v1/incidents", params=query)).json()
    return [one["number"] for one in body["incidents"]]


async def test_api_filters_by_team_and_names_it(tmp_path: Path) -> None:
    """`?team=ID` selects a team, `?team=none` the incidents without one."""
    async with served(tmp_path, TEAMS) as (world, client):
        await fill(world)
        body = await (await client.get("/api/v1/incidents")).json()
        teams: dict[int, Any] = {one["number"]: one["team"] for one in body["incidents"]}
        assert teams == {
            1001: {"id": "billing", "name": "Billing"},
            1002: {"id": "payments", "name": "payments"},
            1003: None,
        }
        assert await numbers(client, team="billing") == [1001]
        assert await numbers(client, team="none") == [1003]
        assert await numbers(client, team="unknown") == []


async def test_api_lists_teams_with_their_open_incidents(tmp_path: Path) -> None:
    """People by name, rotas, and how many incidents of each team are open."""
    async with served(tmp_path, TEAMS) as (world, client):
        await fill(world)
        body = await (await client.get("/api/v1/teams")).json()
        assert [(one["id"], one["open_incidents"]) for one in body["teams"]] == [
            ("billing", 1),
            ("payments", 1),
        ]
        assert body["open_incidents_without_team"] == 1
        assert body["teams"][0]["members"][0] == {"id": "ana", "name": "Ana"}
        assert body["teams"][0]["matchers"] == ['team="billing"']


async def test_list_page_filters_by_team(tmp_path: Path) -> None:
    """The page links to each team and to "No team", and shows the team of each incident."""
    async with served(tmp_path, TEAMS) as (world, client):
        await fill(world)

        async def shown(query: str) -> set[str]:
            text = await (await client.get(f"/{query}")).text()
            return set(re.findall(r'class="soft">#(\d+)', text))

        text = await (await client.get("/")).text()
        assert 'href="./?team=payments"' in text
        assert "· Billing" in text
        assert "· no team" in text
        assert await shown("") == {"1001", "1002", "1003"}
        assert await shown("?team=billing") == {"1001"}
        assert await shown("?team=none") == {"1003"}
        page = await (await client.get("/incidents/1001")).text()
        assert "team Billing" in page


async def test_file_without_teams_shows_no_filter(tmp_path: Path) -> None:
    """Nothing about teams appears where none is declared."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        text = await (await client.get("/")).text()
        assert "no team" not in text.lower()


async def test_command_lists_incidents_of_a_team(tmp_path: Path) -> None:
    """`gateway incidents --team` filters; the column names teams and "no team"."""
    async with served(tmp_path, TEAMS) as (world, client):
        await fill(world)
        text = await fine_at(world, client, "incidents")
        assert "team" in text.splitlines()[2]
        assert "Billing" in text
        assert "no team" in text
        only = await fine_at(world, client, "incidents", "--team", "billing")
        assert "#1001" in only
        assert "#1002" not in only
        whole = await fine_at(world, client, "incidents", "1001")
        assert "team Billing" in whole


async def test_metrics_count_by_team(tmp_path: Path) -> None:
    """The label has declared teams only; incidents without one have an empty team."""
    async with served(tmp_path, TEAMS) as (world, client):
        await fill(world)
        await world.ack(1001)
        text = await (await client.get("/metrics")).text()
        series = 'gateway_incidents{severity="critical",state="%s",team="%s"} %s'
        assert series % ("acknowledged", "billing", "1.0") in text
        assert series % ("firing", "payments", "1.0") in text
        assert series % ("firing", "", "1.0") in text
        assert (
            'gateway_acknowledgement_seconds_count{severity="critical",team="billing"} 1.0' in text
        )
        world.routes = TEAMS.replace("  payments: {matchers", "  shop: {matchers")
        assert await world.engine.reload() == ()
        text = await (await client.get("/metrics")).text()
        assert series % ("firing", "other", "1.0") in text
        assert 'team="payments"' not in text.split("gateway_incidents")[1]


async def test_messages_can_name_the_team(tmp_path: Path) -> None:
    """The facts of a notice have the team's id and name, and None without a team."""
    async with served(tmp_path, TEAMS) as (world, _):
        await fill(world)
        plan = world.engine.plan
        teams = {
            number: build_facts(await world.incident(number), (), plan, world.now)["team"]
            for number in (1001, 1003)
        }
        assert teams == {1001: {"id": "billing", "name": "Billing"}, 1003: None}


def test_route_prints_the_team(tmp_path: Path) -> None:
    """`gateway route` says whose incident an alert would open."""
    file = tmp_path / "routes.yaml"
    file.write_text(TEAMS)
    labels = ("route", "alertname=A", "team=billing", "--config", str(file))
    assert ", team Billing" in fine(*labels, **ENV)
    assert fine_json(*labels, **ENV)["team"] == "Billing"
    assert ", no team" in fine("route", "alertname=A", "--config", str(file), **ENV)

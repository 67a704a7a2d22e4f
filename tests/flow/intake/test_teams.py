"""The team of an incident: decided when it opens, by its worst and then oldest alert."""

import pytest

from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert

TEAMS = (
    ROUTES.replace("group_by: [alertname]", "group_by: [cluster]")
    + """
teams:
  billing: {name: Billing, matchers: ['team="billing"'], members: [ana, ben]}
  payments: {matchers: ['service=~"pay.*"'], members: [ben]}
"""
)


async def opened(url: str, *alerts: object) -> World:
    """Return a world in which these alerts were posted at once."""
    world = World(url, TEAMS)
    await world.start()
    await world.post(*alerts)  # type: ignore[arg-type]
    return world


async def team_of(world: World, number: int = 1001) -> str:
    return (await world.incident(number)).team


async def test_first_team_that_matches_wins(database_url: str) -> None:
    """An alert that two teams match belongs to the first in the file."""
    world = await opened(database_url, alert(service="payments-api"))
    assert await team_of(world) == "billing"
    await world.close()


async def test_worst_alert_decides(database_url: str) -> None:
    """A critical alert of one team and a warning of another: the critical one's team."""
    world = await opened(
        database_url,
        alert("A", "warning", team="shop", starts_at=START - HOUR),
        alert("B", "critical", team="shop", service="payments", starts_at=START),
    )
    assert await team_of(world) == "payments"
    await world.close()


@pytest.mark.parametrize("order", [1, -1])
async def test_oldest_of_the_worst_decides(database_url: str, order: int) -> None:
    """Among alerts of one severity the one that began first decides, in any order of the post."""
    alerts = (
        alert("A", "warning", team="shop", starts_at=START - 3 * HOUR),
        alert("B", "critical", team="shop", service="payments", starts_at=START - 2 * HOUR),
        alert("C", "critical", team="shop", starts_at=START - HOUR),
    )
    world = await opened(database_url, *alerts[::order])
    assert await team_of(world) == "payments"
    await world.close()


async def test_team_stays_when_a_worse_alert_joins_or_the_file_changes(database_url: str) -> None:
    """The stored team does not change while the incident is open."""
    world = await opened(database_url, alert("A", "warning", team="shop", service="payments"))
    await world.post(alert("B", "critical", team="shop"))
    await world.advance(MINUTE)
    assert await team_of(world) == "payments"
    world.routes = TEAMS.replace("  payments: {matchers", "  shop: {matchers")
    assert await world.engine.reload() == ()
    await world.advance(HOUR)
    assert await team_of(world) == "payments"
    await world.close()


async def test_alert_of_no_team_opens_an_incident_without_one(database_url: str) -> None:
    """No team matches: the incident has none, and notifies all the same."""
    world = await opened(database_url, alert(team="shop"))
    assert await world.advance(MINUTE)
    assert await team_of(world) == ""
    await world.close()

"""The team of an incident: decided when it opens, by its worst and then oldest alert."""

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
        alert("A", "warning", team="billing", starts_at=START - HOUR),
        alert("B", "critical", team="shop", service="payments", starts_at=START),
    )
    # They are routed to different receivers, so each has an incident of its own receiver's route.
    teams = {(await world.incident(number)).receiver: await team_of(world, number)
             for number in (1001, 1002)}  # fmt: skip
    assert teams == {"billing": "billing", "everyone": "payments"}
    await world.close()


async def test_oldest_of_the_worst_decides(database_url: str) -> None:
    """Among alerts of one severity the one that began first decides, in any order of the post."""
    for order in (1, -1):
        world = World(f"{database_url}", TEAMS)
        await world.start()
        alerts = [
            alert("A", "critical", team="shop", service="payments", starts_at=START - MINUTE),
            alert("B", "critical", team="nobody", starts_at=START - HOUR, cluster=f"c{order}"),
            alert("C", "warning", team="nobody", starts_at=START - 2 * HOUR, cluster=f"c{order}"),
            alert("D", "critical", team="shop", service="payments", starts_at=START - 30 * MINUTE,
                  cluster=f"c{order}"),
        ]  # fmt: skip
        before = world.now
        await world.post(*alerts[1:][::order])
        number = 1001 if order == 1 else 1002
        assert world.now == before
        assert await team_of(world, number) == ""
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
    """No team matches: the incident has none, and its messages say so."""
    world = await opened(database_url, alert(team="shop"))
    messages = await world.advance(MINUTE)
    assert await team_of(world) == ""
    assert messages
    await world.close()

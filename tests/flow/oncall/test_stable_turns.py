"""Stable turns in whole gateways: reloads, restarts and replicas move nobody's present turn."""

from gateway.core.oncall.rota import on_call
from gateway.flow.engine import Engine
from tests.flow.world import DAY, ROUTES, START, World

MEMBERS = "members: [ana]"
ROTATING = ROUTES.replace(MEMBERS, "members: [ana, ben]")
EDITED = ROUTES.replace(MEMBERS, "members: [cho, ben, ana]").replace(
    "  ben: {name: Ben", "  cho: {name: Cho, email: cho@example.com}\n  ben: {name: Ben"
)
WITHOUT_BEN = ROUTES.replace("  ben: {name: Ben, email: ben@example.com}\n", "").replace(
    "person:ben", "person:ana"
)


def on_call_in(engine: Engine, days: float = 0.0) -> tuple[str, ...]:
    """Return who is on call some days from now."""
    return on_call(engine.plan.rotas["billing"], engine.now() + days * DAY)


async def rotating(url: str) -> World:
    world = World(url, ROTATING)
    await world.start()
    return world


async def test_reload_keeps_the_present_turn_and_reports_the_difference(database_url: str) -> None:
    """Ben has the week of 18 November; after the edit Ana follows him, and not the text's count."""
    world = await rotating(database_url)
    assert [on_call_in(world.engine, days) for days in (0, 7)] == [("ben",), ("ana",)]
    world.routes = EDITED
    assert await world.engine.reload() == ()
    assert [on_call_in(world.engine, days) for days in (0, 7, 14, 21)] == [
        ("ben",),
        ("ana",),
        ("cho",),
        ("ben",),
    ]
    assert world.engine.reload_reports == (
        "rota billing: Mon 30 Nov, 09:00 CET: Ben → Cho (7 days)",
        "rota billing: Mon 7 Dec, 09:00 CET: Ana → Ben (7 days)",
        "rota billing: Mon 14 Dec, 09:00 CET: Ben → Ana (2 days 3 h)",
    )
    await world.close()


async def test_restart_with_an_edited_file_keeps_the_present_turn(database_url: str) -> None:
    """What was in force is stored, so that a deployment is as gentle as a reload."""
    world = await rotating(database_url)
    await world.advance(DAY)
    await world.kill(world.engine)
    world.routes = EDITED
    await world.start()
    assert [on_call_in(world.engine, days) for days in (0, 7, 14)] == [("ben",), ("ana",), ("cho",)]
    await world.close()


async def test_edit_and_its_undoing_leave_the_schedule(database_url: str) -> None:
    """A mistake that is corrected at once moves nobody's shifts."""
    world = await rotating(database_url)
    expected = [on_call_in(world.engine, 7 * week) for week in range(6)]
    for routes in (EDITED, ROTATING):
        world.routes = routes
        assert await world.engine.reload() == ()
    assert [on_call_in(world.engine, 7 * week) for week in range(6)] == expected
    await world.close()


async def test_second_replica_takes_over_the_turns_of_the_first(database_url: str) -> None:
    """Two replicas that load one file after each other agree, also days apart."""
    world = await rotating(database_url)
    second = await world.start()
    world.routes = EDITED
    assert await world.engine.reload() == ()
    await world.advance(6 * DAY)
    assert await second.reload() == ()
    for engine in (world.engine, second):
        assert [on_call_in(engine, days) for days in (0, 7)] == [("ana",), ("cho",)]
    await world.close()


async def test_replica_with_the_older_file_keeps_the_turn_during_a_rollout(
    database_url: str,
) -> None:
    """A newer file that another replica has loaded moves nobody's present turn here either."""
    world = await rotating(database_url)
    world.routes = EDITED
    assert await world.engine.reload() == ()
    older = await world.start()
    world.routes = EDITED.replace("[cho, ben, ana]", "[ana, cho, ben]")
    assert await world.engine.reload() == ()
    await older.in_force.check_once()
    for engine in (world.engine, older):
        assert on_call_in(engine) == ("ben",)
    await world.close()


async def test_person_who_left_the_file_is_succeeded_at_once(database_url: str) -> None:
    """Ben cannot be paged any more, so the turn of his successor begins with the reload."""
    world = await rotating(database_url)
    assert on_call_in(world.engine) == ("ben",)
    world.routes = WITHOUT_BEN
    assert await world.engine.reload() == ()
    assert on_call_in(world.engine) == ("ana",)
    assert world.now == START
    assert world.engine.reload_reports[0].startswith("rota billing: 12:06 CET: Ben → Ana (")
    await world.close()

"""Swaps in whole gateways: stored, answered once, in force at once, void after a reload."""

import pytest

from gateway.core.actor import Actor, stated_actor, verified_person
from gateway.core.oncall.ask_swap import ShiftChoice, SwapRequest
from gateway.core.oncall.rejected import ChangeConflictError, UnknownChangeError
from gateway.core.oncall.rota import on_call
from gateway.core.oncall.swaps import SwapState
from gateway.flow.engine import Engine
from tests.flow.world import DAY, ROUTES, START, World

ROTATING = ROUTES.replace("members: [ana]", "members: [ana, ben]")
ANA = stated_actor("ana", "cli")
NEXT_WEEK, WEEK_AFTER = START + 7 * DAY, START + 14 * DAY
WITHOUT_ANA = (
    ROTATING.replace("  ana: {name: Ana, email: ana@example.com, slack: U0ANA}\n", "")
    .replace("[ana, ben]", "[ben]")
    .replace("person:ana", "person:ben")
)


async def rotating(url: str, replicas: int = 1) -> World:
    world = World(url, ROTATING)
    for _ in range(replicas):
        await world.start()
    return world


async def ask(engine: Engine) -> int:
    """Ask for the exchange of the next two weeks in the name of the person who has the first."""
    first, second = (on_call_at(engine, t)[0] for t in (NEXT_WEEK, WEEK_AFTER))
    request = SwapRequest("billing", first, second, ShiftChoice(NEXT_WEEK), ShiftChoice(WEEK_AFTER))
    return (await engine.swaps.ask(request, stated_actor(first, "cli"), "dentist")).swap.id


def on_call_at(engine: Engine, t: float) -> tuple[str, ...]:
    return on_call(engine.plan.rotas["billing"], t)


async def other(engine: Engine, id_: int) -> Actor:
    return verified_person((await engine.swaps.get(id_)).other, "link")


async def test_accepted_swap_is_in_force_on_every_replica(database_url: str) -> None:
    """Asking changes nothing; the answer exchanges both shifts, here and on other replicas."""
    world = await rotating(database_url, 2)
    one, two = world.replicas
    before = on_call_at(one, NEXT_WEEK), on_call_at(one, WEEK_AFTER)
    id_ = await ask(one)
    assert on_call_at(one, NEXT_WEEK) == before[0]
    outcome = await two.swaps.accept(id_, await other(two, id_))
    assert outcome.swap.state is SwapState.ACCEPTED
    assert len(outcome.effects) == 2
    await one.in_force.check_once()
    for engine in (one, two):
        assert (on_call_at(engine, WEEK_AFTER), on_call_at(engine, NEXT_WEEK)) == before
    await world.close()


async def test_of_two_answers_the_first_counts(database_url: str) -> None:
    """A second answer, on whichever replica, is refused with the first one."""
    world = await rotating(database_url, 2)
    one, two = world.replicas
    id_ = await ask(one)
    person = await other(one, id_)
    await one.swaps.decline(id_, person)
    with pytest.raises(ChangeConflictError, match="is declined by"):
        await two.swaps.accept(id_, person)
    assert await two.changes.read(ended=True) == []
    await world.close()


async def test_swap_survives_a_restart(database_url: str) -> None:
    """What was asked for can be answered by a gateway that was started since."""
    world = await rotating(database_url)
    id_ = await ask(world.engine)
    await world.kill(world.engine)
    engine = await world.start()
    (swap,) = await engine.swaps.read(ended=False)
    assert (swap.id, swap.why) == (id_, "dentist")
    await engine.swaps.accept(id_, await other(engine, id_))
    (one, two) = await engine.changes.read(ended=False)
    assert one.swap == two.swap == id_
    await world.close()


async def test_reload_without_the_person_makes_the_swap_void(database_url: str) -> None:
    """The report names the swap; nobody can accept it any more."""
    world = await rotating(database_url)
    id_ = await ask(world.engine)
    world.routes = WITHOUT_ANA
    assert await world.engine.reload() == ()
    assert any(
        f"swap {id_} is void: person ana was removed" in one for one in world.engine.reload_reports
    )
    with pytest.raises(ChangeConflictError, match="is void"):
        await world.engine.swaps.accept(id_, await other(world.engine, id_))
    await world.close()


async def test_unknown_swap_is_not_found(database_url: str) -> None:
    """An id that was never given away names nothing."""
    world = await rotating(database_url)
    with pytest.raises(UnknownChangeError, match="there is no swap 7"):
        await world.engine.swaps.cancel(7, ANA)
    await world.close()

"""Changes of rotas at run time in whole gateways: paging, replicas, reload, restart."""

from dataclasses import replace

import pytest

from gateway.core.actor import stated_actor
from gateway.core.decide.facts import escalation_facts
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.oncall.rejected import ChangeConflictError, RejectedChangeError
from gateway.core.oncall.rota import on_call
from gateway.flow.engine import Engine
from gateway.flow.intake.route_cache import route_cache
from gateway.flow.oncall.rota_changes import ChangeOutcome
from gateway.flow.own_alerts.conditions import check_void_changes
from gateway.store.state import duty
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, START, World, alert

ANA = stated_actor("ana", "cli")
BEN_FOR_ANA = ChangeRequest("billing", START + DAY, person="ben", replaces="ana")
WITHOUT_BEN = ROUTES.replace("  ben: {name: Ben, email: ben@example.com}\n", "").replace(
    "person:ben", "person:ana"
)


async def add(engine: Engine, request: ChangeRequest = BEN_FOR_ANA) -> ChangeOutcome:
    return await engine.changes.add([request], ANA, "ill")


def on_call_in(engine: Engine) -> tuple[str, ...]:
    return on_call(engine.plan.rotas["billing"], engine.now())


async def test_added_change_is_in_force_on_return(world: World) -> None:
    """The answer that Ben has taken over can be relied on; the answer has id and effect."""
    outcome = await add(world.engine)
    assert [one.id for one in outcome.changes] == [1]
    assert outcome.effects[0].after == ("ben",)
    assert on_call_in(world.engine) == ("ben",)


async def test_pending_step_pages_the_person_who_took_over(world: World) -> None:
    """A step of an open incident resolves its rota when it is due, and is announced so before."""
    world.routes = ROUTES.replace(
        '{notify: ["rota:billing"], by: [email], wait: 15m}', '{notify: ["person:ana"], wait: 5m}'
    ).replace('{notify: ["person:ben"]}', '{notify: ["rota:billing"]}')
    assert await world.engine.reload() == ()
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await add(world.engine)
    facts = escalation_facts(await world.incident(), world.engine.plan, world.now)
    assert facts is not None
    assert facts["on_call"] == {"rota:billing": ["Ben"]}
    messages = await world.advance(5 * MINUTE)
    assert {one.to for one in messages if one.reason == "escalation"} == {"email:ben@example.com"}


async def test_rejected_change_stores_nothing(world: World) -> None:
    """A change that cannot be meant leaves everything as it was."""
    with pytest.raises(RejectedChangeError):
        await add(world.engine, ChangeRequest("billing", START + DAY))
    assert await world.engine.changes.read(ended=True) == []
    assert on_call_in(world.engine) == ("ana",)


async def test_change_of_another_replica_is_obeyed_after_a_poll(database_url: str) -> None:
    """By the version a replica notices that another one has stored something."""
    world = World(database_url)
    one, two = await world.start(), await world.start()
    await add(one)
    assert on_call_in(two) == ("ana",)
    await two.in_force.check_once()
    assert on_call_in(two) == ("ben",)
    await two.changes.remove([1], ANA, "well again")
    await one.in_force.check_once()
    assert on_call_in(one) == ("ana",)
    await world.close()


async def test_decision_by_an_outdated_plan_is_made_again(database_url: str) -> None:
    """Of two replicas that remove the same change, the second sees that it is void."""
    world = World(database_url)
    one, two = await world.start(), await world.start()
    await add(one)
    await one.changes.remove([1], ANA, "")
    with pytest.raises(ChangeConflictError, match="is void"):
        await two.changes.remove([1], ANA, "")
    await world.close()


async def test_changes_survive_restart_and_reload(database_url: str) -> None:
    """They are in the database and not in the process or the file."""
    world = World(database_url)
    await add(await world.start())
    await world.kill(world.engine)
    engine = await world.start()
    assert on_call_in(engine) == ("ben",)
    assert await engine.reload() == ()
    assert on_call_in(engine) == ("ben",)
    await world.close()


async def test_reload_that_removes_a_person_makes_changes_void(world: World) -> None:
    """The report names the change and the person; re-adding the person does not revive it."""
    await add(world.engine)
    world.routes = WITHOUT_BEN
    assert await world.engine.reload() == ()
    report, difference = world.engine.reload_reports
    assert "Ben → Ana" in difference
    assert "change 1 is void: person ben was removed from routes.yaml" in report
    assert "Ben instead of Ana in rota billing" in report
    assert on_call_in(world.engine) == ("ana",)
    world.routes = ROUTES
    assert await world.engine.reload() == ()
    assert world.engine.reload_reports == ()
    assert on_call_in(world.engine) == ("ana",)
    (change,) = await world.engine.changes.read(ended=False)
    assert change.voiding is not None
    assert change.voiding.actor.via == "reload"


async def test_void_changes_fire_an_alert_for_a_day(world: World) -> None:
    """Whose shift is open again must not only be in a log: an alert names the changes."""
    await world.engine.changes.add([replace(BEN_FOR_ANA, end=START + 9 * DAY)], ANA, "ill")
    world.routes = WITHOUT_BEN
    await world.engine.reload()
    plan, now = world.engine.plan, world.now
    read = world.engine.store.read
    (condition,) = await read(lambda tx: check_void_changes(tx, plan, now))
    assert condition.labels == {"rota": "billing"}
    assert "change 1 is void: person ben was removed" in condition.annotations["changes"]
    assert await read(lambda tx: check_void_changes(tx, plan, now + DAY)) == []


async def test_change_of_an_unknown_person_is_omitted_and_kept(database_url: str) -> None:
    """A replica that has not loaded the newer file yet neither applies nor voids it."""
    world = World(database_url, WITHOUT_BEN)
    old = await world.start()
    world.routes = ROUTES
    new = await world.start()
    await add(new)
    await old.in_force.check_once()
    assert on_call_in(old) == ("ana",)
    (change,) = await new.changes.read(ended=False)
    assert change.voiding is None
    await world.close()


async def test_change_keeps_the_routing_cache(world: World) -> None:
    """A change of a rota does not make every alert be matched again."""
    before = route_cache(world.engine.plan)
    await add(world.engine)
    assert route_cache(world.engine.plan) is before
    world.routes = ROUTES.replace("group_by: [alertname]", "group_by: [team]")
    await world.engine.reload()
    assert route_cache(world.engine.plan) is not before


async def test_duty_is_recorded_by_the_change(world: World) -> None:
    """The record of the past has the person who took over, from the change on."""
    await world.advance(HOUR)
    await add(world.engine)
    await world.advance(HOUR)
    history = await world.engine.store.read(lambda tx: duty.history(tx, "billing", 0.0, 2e9))
    assert [(one.people, one.started_at - START) for one in history.records] == [
        (("ana",), 0.0),
        (("ben",), HOUR),
    ]

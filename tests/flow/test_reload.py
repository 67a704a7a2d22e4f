"""E8: a reload is atomic; timers, acknowledgements and notices survive; routes may change."""

import pytest

from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert, to

SLACK = "slack:#billing-alerts"


async def test_an_unchanged_file_notifies_nobody(world: World) -> None:
    """E8: the same file again repeats nothing and loses no timer."""
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    assert await world.engine.reload() == ()
    assert await world.advance(10 * MINUTE) == []
    messages = await world.advance(5 * MINUTE)
    assert to(messages, "email:ben@example.com") == [(900.0, "escalation", "escalation")]


async def test_a_bad_file_changes_nothing(world: World) -> None:
    """Promise 6: its problems come back with their lines; the old plan stays in force."""
    before = world.engine.plan
    world.routes = ROUTES.replace("receiver: everyone\n", "reciever: everyone\n")
    problems = await world.engine.reload()
    assert [problem.suggestion for problem in problems if problem.suggestion] == ["receiver"]
    assert world.engine.plan is before
    assert any(not h.ok and h.component == "routes.yaml" for h in world.engine.problems())
    world.routes = ROUTES
    assert await world.engine.reload() == ()
    assert all(h.ok for h in world.engine.problems() if h.component == "routes.yaml")


async def test_an_acknowledgement_survives(world: World) -> None:
    """E8: the acknowledgement stays."""
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.ack(1001)
    await world.engine.reload()
    assert {d.reason for d in await world.advance(3 * HOUR)} == {"acknowledged"}


async def test_a_new_receiver_of_the_same_route(world: World) -> None:
    """The incident notifies its new receiver; the old one is notified of the end."""
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(MINUTE)
    world.routes = ROUTES.replace(
        "'severity=~\"critical|warning\"'], receiver: billing}",
        "'severity=~\"critical|warning\"'], receiver: quiet}",
    )
    assert await world.engine.reload() == ()
    await world.post(alert("SlowRenewals", "warning", starts_at=START, ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert {d.reason for d in messages} == {"resolved"}
    assert "email:billing-oncall@example.com" in {d.to for d in messages}


async def test_alerts_move_with_their_routes(world: World) -> None:
    """Regrouped: the new incident notifies, the old one resolves and says where its alerts went."""
    await world.post(
        alert("SlowRenewals", "warning", starts_at=START, region="eu"),
        alert("SlowRenewals", "warning", starts_at=START, region="us"),
    )
    await world.advance(MINUTE)
    world.routes = ROUTES.replace("group_by: [alertname]", "group_by: [alertname, region]")
    assert await world.engine.reload() == ()
    messages = await world.advance(5 * MINUTE)
    assert {d.incident for d in messages if d.reason == "moved by reload"} == {1001}
    assert {d.incident for d in messages if d.reason == "first"} == {1002, 1003}
    moved = next(d for d in messages if d.reason == "moved by reload")
    assert "another route" in moved.message.facts["note"]


@pytest.mark.parametrize("times", [1, 3])
async def test_moved_back_and_forth(world: World, times: int) -> None:
    """However often routes change, each end is notified and no incident stays open."""
    await world.post(alert("SlowRenewals", "warning", starts_at=START, region="eu"))
    await world.advance(MINUTE)
    for _ in range(times):
        world.routes = ROUTES.replace("group_by: [alertname]", "group_by: [alertname, region]")
        await world.engine.reload()
        await world.advance(10 * MINUTE)
        world.routes = ROUTES
        await world.engine.reload()
        await world.advance(10 * MINUTE)
    await world.post(
        alert("SlowRenewals", "warning", starts_at=START, region="eu", ends_at=world.now)
    )
    await world.advance(10 * MINUTE)
    notified = {d.incident for d in world.delivered if d.to == SLACK and d.kind == "firing"}
    over = {d.incident for d in world.delivered if d.to == SLACK and d.kind == "resolved"}
    assert notified == over

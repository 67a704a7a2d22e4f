"""A target on hold: bounded, tried by urgent notices, and replaced by the fallback (E49)."""

from itertools import pairwise

import pytest

from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.plan import Target
from tests.flow.world import MINUTE, START, World, alert, to

ADMIN, PAGER = "email:admin@example.com", "pagerduty:${PAGERDUTY_BILLING_KEY}"
SLACK = "slack:#billing-alerts"


def refusing(
    world: World, channel: str, retry_after: float, scope: Scope = Scope.TARGET
) -> list[float]:
    """Let a vendor refuse everything; returns the instants of its requests."""
    tried: list[float] = []

    def refuse(message: Message, target: Target) -> SendError:
        tried.append(world.now - START)
        return SendError(Failure.RATE_LIMITED, "slow", retry_after=retry_after, scope=scope)

    world.faults[channel] = refuse
    return tried


async def test_the_next_critical_incident_falls_back_at_once(world: World) -> None:
    """E49, promise 13: a Retry-After of thirty years holds no later page, not for a second."""
    tried = refusing(world, "pagerduty", 999_999_999.0)
    await world.post(alert("One"))
    await world.advance(2.0)
    await world.post(alert("Two"))
    messages = await world.advance(1.0)
    assert [(d.incident, d.reason) for d in messages if d.to == ADMIN and d.incident == 1002] == [
        (1002, "fallback")
    ]
    texts = [entry.text for entry in await world.timeline(1002)]
    assert any("on hold for" in text and "next attempt in 58s" in text for text in texts)
    await world.advance(5 * MINUTE)
    assert 5 <= len(tried) <= 6
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(tried))
    world.mend("pagerduty")
    messages = await world.advance(MINUTE)
    assert {d.incident for d in messages if d.to == PAGER} == {1001, 1002}


async def test_lesser_notices_are_tried_after_five_minutes(world: World) -> None:
    """E49: the hold of a lesser notice is bounded, too."""
    tried = refusing(world, "slack", 999_999_999.0)
    await world.post(alert("One", "info"))
    await world.advance(31.0)
    world.mend("slack")
    await world.post(alert("Two", "info"))
    assert len(tried) == 1
    messages = await world.advance(5 * MINUTE)
    assert {d.incident for d in messages if d.to == SLACK} == {1001, 1002}


async def test_a_critical_behind_a_lesser_notice_does_not_wait(world: World) -> None:
    """Promise 9: what is held was a warning when it became critical: the fallback is notified."""
    tried = refusing(world, "pagerduty", 999_999_999.0)
    await world.post(alert("Payments", "warning"))
    await world.advance(MINUTE)
    await world.post(alert("Payments", "critical"))
    messages = await world.advance(1.0)
    assert ("worse", "fallback") in [(kind, why) for _, kind, why in to(messages, ADMIN)]
    first = len(tried)
    world.mend("pagerduty")
    await world.advance(MINUTE)
    assert [kind for _, kind, _ in to(world.delivered, PAGER)][:1] in (["worse"], ["firing"])
    assert first <= 2


async def test_a_workspace_on_hold_covers_its_other_channels(world: World) -> None:
    """E11: refused for two channels, Slack is tried for no third one before the hold ends."""
    world.routes = world.routes.replace(
        'slack: [{channel: "#billing-alerts"}]\n  - name: everyone',
        'slack: [{channel: "#one"}, {channel: "#two"}, {channel: "#three"}]\n  - name: everyone',
    )
    assert await world.engine.reload() == ()
    tried = refusing(world, "slack", 120.0, Scope.UNKNOWN)
    await world.post(alert("One", "info"))
    await world.advance(40.0)
    first = len(tried)
    await world.post(alert("Two", "info"))
    await world.advance(60.0)
    assert first <= 3
    assert len(tried) == first
    world.mend("slack")
    await world.advance(2 * MINUTE)
    targets = {d.to for d in world.delivered if d.incident == 1002}
    assert targets == {"slack:#one", "slack:#two", "slack:#three"}


async def test_a_restart_keeps_the_hold(world: World) -> None:
    """E49: after a restart the vendor is not asked anew, and the fallback is notified at once."""
    tried = refusing(world, "pagerduty", 999_999_999.0)
    await world.post(alert("One"))
    await world.advance(2.0)
    await world.kill(world.engine)
    await world.start()
    await world.post(alert("Two"))
    messages = await world.advance(1.0)
    assert 1002 in {d.incident for d in messages if d.to == ADMIN}
    assert len(tried) == 1


async def test_two_replicas_try_once_a_minute_together(world: World) -> None:
    """E49, promise 11: what one replica was refused the other keeps to."""
    await world.start()
    tried = refusing(world, "pagerduty", 999_999_999.0)
    for name in ("One", "Two", "Three"):
        await world.post(alert(name))
        await world.advance(1.0)
    await world.advance(3 * MINUTE)
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(tried))
    falls = {d.incident for d in world.delivered if d.to == ADMIN and d.reason == "fallback"}
    assert falls == {1001, 1002, 1003}


async def test_success_lets_the_rest_go_at_once(world: World) -> None:
    """E11: one accepted page ends the hold for what waits behind it."""
    refusing(world, "pagerduty", 999_999_999.0)
    await world.post(alert("Payments", "warning"))
    await world.advance(MINUTE)
    await world.post(alert("One", "critical"))
    world.mend("pagerduty")
    messages = await world.advance(MINUTE + 1.0)
    assert {d.incident for d in messages if d.to == PAGER} == {1001, 1002}


@pytest.mark.parametrize("scope", [Scope.TARGET, Scope.ACCOUNT])
async def test_what_arrives_while_the_page_is_in_flight_is_hastened(
    world: World, scope: Scope
) -> None:
    """Promise 9: it became critical while the warning's attempt was on its way."""
    refusing(world, "pagerduty", 900.0, scope)
    await world.post(alert("Payments", "warning"))
    world.now += 30.0
    await world.engine.dispatcher.dispatch_once()  # claimed, and on its way
    await world.post(alert("Payments", "critical"))
    messages = await world.advance(1.0)
    assert ("worse", "fallback") in [(kind, why) for _, kind, why in to(messages, ADMIN)]

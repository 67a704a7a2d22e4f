"""A dead vendor: retries, fallback, late news, dead letters; the others are not hurt."""

from gateway.core.delivery import Failure, SendError
from tests.flow.world import HOUR, MINUTE, START, World, alert, to

SLACK, ADMIN = "slack:#billing-alerts", "email:admin@example.com"


def refused() -> SendError:
    return SendError(Failure.CONNECTION, "connection refused")


def bounced() -> SendError:
    return SendError(Failure.BAD_RECIPIENT, "the address is inactive")


def too_fast() -> SendError:
    return SendError(Failure.RATE_LIMITED, "too fast", retry_after=30.0)


async def test_the_others_are_served(world: World) -> None:
    """Promise 13: with Slack down, mail and pages leave in the same instant."""
    world.break_channel("slack", refused)
    await world.post(alert())
    said = await world.advance(0.0)
    assert {d.channel for d in said} == {"email", "pagerduty"}


async def test_it_recovers(world: World) -> None:
    """Promise 13: retried with growing gaps, delivered once after recovery."""
    world.break_channel("slack", refused)
    await world.post(alert())
    await world.advance(10.0)
    world.mend("slack")
    said = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(said, SLACK)] == ["first"]


async def test_fired_and_resolved_while_down(world: World) -> None:
    """E3: told of both, once, late and saying so; never a bare end."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    said = await world.advance(HOUR)
    assert [(kind, why) for _, kind, why in to(said, SLACK)] == [("late", "resolved")]


async def test_the_fallback_hears(world: World) -> None:
    """Promise 13: after some attempts the fallback receiver is told, and the timeline says so."""
    world.break_channel("slack", refused)
    await world.post(alert())
    said = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(said, ADMIN)] == ["fallback"]
    assert "fell back" in {entry.kind for entry in await world.timeline()}


async def test_a_bounced_address_falls_back_at_once(world: World) -> None:
    """E15: the message is a dead letter, the fallback hears at once, once."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert())
    said = await world.advance(1.0)
    assert [why for _, _, why in to(said, ADMIN)] == ["fallback"]
    dead = await world.dead()
    assert [notice.target.address for notice in dead] == ["billing-oncall@example.com"]


async def test_no_end_without_a_beginning(world: World) -> None:
    """E5: who could never be told of the firing is not told of its end."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    world.mend("email")
    await world.post(alert(starts_at=START, ends_at=world.now))
    said = await world.advance(10 * MINUTE)
    assert to(said, "email:billing-oncall@example.com") == []
    assert [why for _, _, why in to(said, ADMIN)] == ["resolved"]


async def test_retry_after_is_honoured(world: World) -> None:
    """E11: after 429 the target is left alone for as long as it asked, not longer than needed."""
    world.break_channel("slack", too_fast)
    await world.post(alert())
    await world.advance(1.0)
    world.mend("slack")
    said = await world.advance(MINUTE)
    assert [at for at, _, _ in to(said, SLACK)] == [30.0]


async def test_what_perhaps_arrived_is_repeated_and_says_so(world: World) -> None:
    """Promise 3: the vendor accepted, the answer was lost: sent again, the attempt is on record."""
    lost = [True]
    world.faults["email"] = lambda message, target: (
        SendError(Failure.TIMEOUT, "no answer", perhaps=True)
        if target.address == "billing-oncall@example.com" and lost and lost.pop()
        else None
    )
    await world.post(alert())
    said = await world.advance(MINUTE)
    assert [why for _, _, why in to(said, "email:billing-oncall@example.com")] == ["first"] * 2
    assert any("may have arrived" in entry.text for entry in await world.timeline())


async def test_given_up_after_a_day_and_replayed(world: World) -> None:
    """Promise 13: nothing is given up in silence: it is a dead letter that can be replayed."""
    world.break_channel("pagerduty", refused)
    await world.post(alert())
    await world.ack(1001)
    await world.advance(25 * HOUR)
    assert "given up" in {entry.kind for entry in await world.timeline()}
    assert {notice.target.channel for notice in await world.dead()} == {"pagerduty"}


async def test_a_step_that_could_not_be_told_is_not_told_after_the_acknowledgement(
    world: World,
) -> None:
    """E22: ben's mail was stuck when ana took it: when mail works again ben is left asleep."""
    await world.post(alert())
    await world.advance(14 * MINUTE)
    world.break_channel("email", refused)
    await world.advance(2 * MINUTE)
    await world.ack(1001)
    world.mend("email")
    said = await world.advance(HOUR)
    assert to(said, "email:ben@example.com") == []

"""Prometheus posts directly: firing alerts again each minute, with an end four minutes ahead."""

from gateway.store.state import alerts
from tests.flow.world import HOUR, MINUTE, START, World, alert

RESEND, AHEAD = 65.0, 240.0


async def test_reposts_keep_it_firing_and_their_absence_resolves_it(world: World) -> None:
    """Measured on Prometheus 3.5: posted every 65 s; without posts it resolves at its end."""
    for _ in range(20):
        await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
        await world.engine.intake.write_extensions(world.now)
        await world.advance(RESEND)
    last_end = world.now - RESEND + AHEAD
    assert "resolved" not in {d.reason for d in world.delivered}
    messages = await world.advance(HOUR)
    over = [d for d in messages if d.reason == "resolved"]
    assert over
    assert all(START + d.at >= last_end for d in over)
    assert all(START + d.at <= last_end + 5 * MINUTE for d in over)


async def test_a_crash_between_reposts_resolves_nothing(world: World) -> None:
    """Promise 1: later ends that were only cached are lost, but the stored end is still ahead."""
    for _ in range(6):
        await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
        await world.engine.intake.write_extensions(world.now)
        await world.advance(RESEND)
    await world.kill(world.engine)
    await world.start("another")
    await world.advance(RESEND - 10)
    await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
    await world.advance(MINUTE)
    assert "resolved" not in {d.reason for d in world.delivered}


async def test_a_stop_stores_every_later_end(world: World) -> None:
    """A regular stop stores all cached ends, also those far ahead."""
    for _ in range(2):
        last_end = world.now + AHEAD
        await world.post(alert(starts_at=START, ends_at=last_end))
        await world.advance(RESEND)
    await world.engine.stop()
    [stored] = await world.engine.store.read(lambda tx: alerts.active_page(tx, START, "", 10))
    assert stored.ends_at == last_end


async def test_without_an_end_resolve_timeout_counts(world: World) -> None:
    """As in Alertmanager: an alert without endsAt resolves resolve_timeout after its report."""
    await world.post(alert(expires=True))
    await world.advance(4 * MINUTE)
    await world.post(alert(expires=True))
    messages = await world.advance(HOUR)
    over = {round(d.at) for d in messages if d.reason == "resolved"}
    assert over == {600}


async def test_an_end_posted_to_another_replica_stays(world: World) -> None:
    """Promise 11: an extension that is written late revives nothing: firing again would be no
    news, and nobody would be paged."""
    await world.post(alert(starts_at=START, ends_at=START + AHEAD))
    await world.advance(RESEND)
    await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
    other = await world.start()
    await world.post(alert(starts_at=START, ends_at=world.now), to=other)
    await world.engine.intake.write_extensions(world.now + 100.0)
    assert {d.reason for d in await world.advance(10 * MINUTE)} == {"resolved"}
    await world.post(alert(starts_at=world.now, ends_at=world.now + AHEAD), to=other)
    assert {d.reason for d in await world.advance(1.0)} == {"first"}


async def test_an_end_that_could_not_be_stored_in_time_is_stored_with_the_next_post(
    world: World,
) -> None:
    """The machine stood still for some minutes: the stored end has passed, the cached one has not.
    An alert that inhibits by its stored end must go on inhibiting."""
    await world.post(alert(starts_at=START, ends_at=START + AHEAD))
    world.now += RESEND
    await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
    world.now = START + AHEAD + 10.0
    await world.engine.intake.write_extensions(world.now)
    await world.post(alert(starts_at=START, ends_at=world.now + AHEAD))
    [stored] = await world.engine.store.read(lambda tx: alerts.active_page(tx, world.now, "", 9))
    assert stored.ends_at == world.now + AHEAD


async def test_another_text_of_an_alert_that_ended_elsewhere_revives_nothing(world: World) -> None:
    """Promise 11: one of a pair of Prometheus posts the end to another replica. That the other one
    posts it as firing, with another text, must be news when it is next reported: it fires again."""
    await world.post(alert(starts_at=START, ends_at=START + AHEAD))
    await world.advance(10.0)
    other = await world.start()
    await world.post(alert(starts_at=START, ends_at=world.now), to=other)
    world.now += 1.0
    text = {"summary": "17 %"}
    await world.post(alert(starts_at=START, ends_at=world.now + AHEAD, annotations=text))
    await world.engine.intake.write_extensions(world.now)
    assert await world.engine.store.read(lambda tx: alerts.active_page(tx, world.now, "", 9)) == []


async def test_a_long_downtime_resolves_nothing_and_pages_nobody_again(world: World) -> None:
    """E7, promise 3: every stored end has passed while the gateway was down. An alert that is
    posted again goes on as it was; one that is not has resolved, and is notified."""
    names = ("Charges", "Renewals")
    for _ in range(3):
        await world.post(*(alert(n, starts_at=START, ends_at=world.now + AHEAD) for n in names))
        await world.engine.intake.write_extensions(world.now)
        await world.advance(RESEND)
    await world.kill(world.engine)
    world.now += HOUR / 4
    await world.start("another")
    messages = await world.advance(RESEND)
    for _ in range(8):
        await world.post(alert("Charges", starts_at=START, ends_at=world.now + AHEAD))
        await world.engine.intake.write_extensions(world.now)
        messages += await world.advance(RESEND)
    later = ("escalation", "missed")
    assert {(d.incident, d.reason) for d in messages if d.reason not in later} == {
        (1002, "resolved")
    }

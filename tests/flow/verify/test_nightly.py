"""The nightly verification: once across replicas, with an alert while something is missing."""

from functools import partial

from sqlalchemy import delete, update

from gateway.core.alerts.own_alerts import HOLD
from gateway.core.time.spans import Span
from gateway.flow.own_alerts.reporter import EVERY
from gateway.flow.verify.verifier import CLAIM, SETTLE, Verifier
from gateway.store import Tx
from gateway.store.db.statement import Statement, literal
from gateway.store.schema.tables import incidents, notices
from gateway.store.state import verifications
from tests.flow.verify.histories import no_pause
from tests.flow.world import DAY, HOUR, MINUTE, START, World, alert

NIGHTLY = "40 3 * * *"
_FORGET_ENDS = Statement(delete(notices).where(notices.c.kind == literal("resolved")))
_NEVER_DUE = Statement(update(incidents).values(due_at=None))


def verifier_of(world: World, replica: int = 0) -> Verifier:
    """Return what a replica runs, with a time of day."""
    engine = world.replicas[replica]
    return Verifier(
        engine.store,
        lambda: engine.plan,
        lambda: world.now,
        engine.delivery.accepts,
        engine.active_alerts.mute_snapshot,
        engine.metrics,
        cron=NIGHTLY,
        pause=no_pause,
    )


async def results(world: World) -> list[int]:
    """Return how much was missing by each stored result, the last one first."""
    latest = await world.engine.store.read(partial(verifications.latest, limit=10))
    return [one["missing"] for one in latest]


async def fire_and_resolve(world: World) -> None:
    """Let an alert fire, reach everyone, and end."""
    began = world.now
    await world.post(alert(starts_at=began))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=began, ends_at=world.now))
    await world.advance(10 * MINUTE)


async def test_each_night_is_verified_once_by_two_replicas(database_url: str) -> None:
    """Both ask at the same time; one result a night is stored, and none before the first night."""
    world = World(database_url)
    await world.start()
    one, other = verifier_of(world), verifier_of(world)
    await fire_and_resolve(world)
    await world.advance(SETTLE)
    for night in range(3):
        for _ in range(2):
            await one.check_once()
            await other.check_once()
        assert await results(world) == [0] * night
        await world.advance(DAY)
    await world.close()


async def test_night_whose_replica_died_is_verified_by_another(world: World) -> None:
    """A replica that began and was killed keeps the others from it for a limited time."""
    dying, other = verifier_of(world), verifier_of(world)
    await world.advance(SETTLE)
    await dying.check_once()
    await world.advance(DAY)

    async def die(span: Span) -> None:
        raise ConnectionError

    dying.verify = die  # type: ignore[method-assign,assignment]
    try:
        await dying.check_once()
    except ConnectionError:
        await other.check_once()
    assert await results(world) == []
    await world.advance(CLAIM + 1)
    await other.check_once()
    assert await results(world) == [0]


async def test_what_is_missing_fires_an_alert_until_a_later_result_has_nothing(
    world: World,
) -> None:
    """An incident of the gateway's own opens, is not reported twice, and ends."""
    await fire_and_resolve(world)
    store, verifier = world.engine.store, world.engine.verifier
    await store.write(lambda tx: tx.run(_FORGET_ENDS))
    result = await verifier.verify_and_store(Span(START - HOUR, world.now))
    assert {one.check.value for one in result.broken} == {"end missing"}

    async def check_conditions(seconds: float) -> list[str]:
        texts = []
        for _ in range(int(seconds / EVERY)):
            await world.engine.own_alerts.check_once()
            texts += [
                f"{one.kind}: {one.message.facts['title']}" for one in await world.advance(EVERY)
            ]
        return texts

    fired = await check_conditions(10 * MINUTE)
    assert len(fired) == 1
    assert fired[0].startswith("firing: GatewayPromiseBroken")
    await verifier.verify_and_store(Span(world.now - MINUTE, world.now))
    ended = await check_conditions(HOLD + 10 * MINUTE)
    assert [one.partition(":")[0] for one in ended] == ["resolved"]


async def test_metric_shows_the_last_result_also_on_a_replica_that_did_not_verify(
    world: World,
) -> None:
    """Each replica reads the stored result, so all report the same."""
    await world.post(alert(starts_at=world.now))
    await world.advance(MINUTE)
    await world.engine.store.write(_never_due)
    await verifier_of(world).verify_and_store(Span(START - HOUR, world.now))
    await world.engine.verifier.check_once()
    value = world.engine.metrics.registry.get_sample_value
    assert value("gateway_verify_missing", {"promise": "notified"}) == 1
    assert value("gateway_verify_missing", {"promise": "ended"}) == 0
    assert value("gateway_verify_last_run_timestamp_seconds") == world.now


def _never_due(tx: Tx) -> None:
    tx.run(_NEVER_DUE)

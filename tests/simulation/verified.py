"""What `gateway verify` says of a simulated day: nothing may be missing."""

from gateway.core.time.spans import Span
from gateway.flow.queries.verification import Reading, verify
from tests.flow.verify.histories import no_pause
from tests.flow.world import DAY, START, World


async def missing(world: World, days: float = 2000.0) -> list[str]:
    """Return a sentence for each promise that the history of the last days does not show kept."""
    engine = world.replicas[0]
    span = Span(max(START - DAY, world.now - days * DAY), world.now + 1.0)
    mutes = engine.active_alerts.mute_snapshot
    reading = Reading(engine.delivery.accepts, engine.plan, mutes)
    result = await verify(engine.store, reading, span, world.now, no_pause)
    return [
        f"verify: {one.check.value}: #{one.incident} {one.subject} at +{one.at - START:.0f}s:"
        f" {one.what}"
        for one in result.broken
    ]

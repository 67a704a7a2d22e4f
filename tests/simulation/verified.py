"""What `gateway verify` says of a simulated day: nothing may be missing."""

from gateway.core.time.spans import Span
from gateway.flow.queries.verification import verify
from tests.flow.verify.histories import no_pause
from tests.flow.world import DAY, START, World


async def missing(world: World, days: float = 2000.0) -> list[str]:
    """Return a sentence for each promise that the history of the last days does not show kept."""
    engine = world.replicas[0]
    span = Span(max(START - DAY, world.now - days * DAY), world.now + 1.0)
    result = await verify(engine.store, engine.delivery.accepts, span, world.now, no_pause)
    return [
        f"verify: {one.check.value}: #{one.incident} {one.subject} at +{one.at - START:.0f}s:"
        f" {one.what}"
        for one in result.broken
    ]

"""What keeps alerts quiet is read anew when the database may have lost what was read."""

from gateway.core.incidents.incident import Member
from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.flow.dispatch.suppression_index import SuppressionIndex
from gateway.flow.intake.repost_cache import RepostCache
from gateway.store import Tx
from gateway.store.state import silences
from tests.flow.world import HOUR, World
from tests.store.builders import alert


class CommitLostError(Exception):
    """Undoes the transaction that it is raised in."""


async def test_a_silence_of_a_lost_commit_keeps_nobody_quiet(world: World) -> None:
    """E9: the version that was given to a silence whose commit failed goes to the next one."""
    plan, store, now = world.engine.plan, world.engine.store, world.now
    epoch = 1
    suppression_index = SuppressionIndex(RepostCache(), lambda: epoch)
    lost, other = alert("Charges"), alert("Latency")

    def silence(name: str) -> Silence:
        matchers = (Matcher("alertname", "=", name),)
        return Silence(name, matchers, now - 1.0, now + HOUR, now, "ana", "release")

    def seen(tx: Tx) -> set[str]:
        suppression_index.refresh(tx, plan, now)
        return set(suppression_index.of([Member(lost), Member(other)], now))

    def fails(tx: Tx) -> None:
        silences.save(tx, silence("Charges"))
        assert seen(tx) == {lost.identity}
        raise CommitLostError

    try:
        await store.write(fails)
    except CommitLostError:
        epoch += 1  # as when the connection broke
    await store.write(lambda tx: silences.save(tx, silence("Latency")))
    assert await store.write(seen) == {other.identity}

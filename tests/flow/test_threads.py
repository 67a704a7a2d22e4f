"""What threads share: the event loop clears and changes caches while other threads read."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.alerts.alert import Alert
from gateway.flow.dispatch import suppression_index
from gateway.flow.intake.repost_cache import WRITE_AHEAD, RepostCache
from gateway.flow.queries import mute_snapshot
from gateway.store import Tx
from tests.flow.world import World, alert

NOW = 1_795_000_000.0
ALERT = Alert("id", {"alertname": "SlowRenewals"}, {"summary": "slow"}, NOW - 60, NOW + 240)


class ClearsMeanwhile:
    """Wraps a reading function: its first call returns after the event loop cleared the caches."""

    def __init__(self, world: World, read: Callable[..., Any]) -> None:
        self._loop = asyncio.get_running_loop()
        self._clear = world.engine._clear_caches
        self._read = read
        self.calls = 0

    def __call__(self, *args: Any) -> Any:
        assert threading.current_thread() is not threading.main_thread()
        result = self._read(*args)
        self.calls += 1
        if self.calls == 1:
            done = threading.Event()
            self._loop.call_soon_threadsafe(lambda: (self._clear(), done.set()))
            assert done.wait(10)
        return result


async def test_inhibiting_alerts_read_before_a_clear_are_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer's thread must not put back what the event loop has just dropped."""
    read = ClearsMeanwhile(world, suppression_index.firing_sources)
    monkeypatch.setattr(suppression_index, "firing_sources", read)
    await world.post(alert("BillingDatabaseDown"), alert("Latency", "warning"))
    await world.advance(0.0)
    before = read.calls
    await world.advance(60.0)
    assert before == 1
    assert read.calls == 2


async def test_silences_read_before_a_clear_are_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader's thread must not put back what the event loop has just dropped."""
    read = ClearsMeanwhile(world, mute_snapshot.silences.ending_after)
    monkeypatch.setattr(mute_snapshot.silences, "ending_after", read)

    def snapshot(tx: Tx) -> object:
        return world.engine.active_alerts.mute_snapshot(tx)

    for _ in range(3):
        await world.engine.store.read(snapshot)
    assert read.calls == 2


def in_a_thread(work: Callable[[], object]) -> None:
    """Run work in another thread, and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)


class Interrupting(float):
    """A stored end; comparing it lets another thread change the cache first, once."""

    change: Callable[[], object] | None = None

    def _interrupt(self) -> None:
        change, self.change = self.change, None
        if change is not None:
            in_a_thread(change)

    def __ne__(self, other: object) -> bool:
        self._interrupt()
        return float(self) != other

    def __gt__(self, other: float) -> bool:
        self._interrupt()
        return float(self) > other


RESOLVED = replace(ALERT, ends_at=NOW + 10)
CHANGES: dict[str, Callable[[RepostCache], object]] = {
    "absorb": lambda cache: cache.absorb(replace(ALERT, ends_at=NOW + 400), NOW + 5),
    "remember": lambda cache: cache.remember([RESOLVED], NOW + 15),
    "invalidate": lambda cache: cache.invalidate("id"),
    "evict": lambda cache: cache.evict_ended(NOW + 1000),
    "clear": lambda cache: cache.clear(NOW + 20),
    "write": lambda cache: cache.mark_written(*cache.pending_writes(NOW, 1e6)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("max_age", [None, 30.0])
@pytest.mark.parametrize("is_cached", [True, False])
def test_an_end_is_that_before_or_after_a_change_of_the_cache(
    change: str, max_age: float | None, is_cached: bool
) -> None:
    """Threads read the end of an alert while the event loop changes the cache."""

    def end(meanwhile: bool, before: bool) -> float | None:
        cache = RepostCache(max_age, NOW)
        if is_cached:
            cache.remember([ALERT], NOW)
            cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW)
        stored = Interrupting(NOW + 240)
        if meanwhile:
            stored.change = lambda: CHANGES[change](cache)
        elif not before:
            CHANGES[change](cache)
        return cache.ends_at("id", stored, NOW - 30)

    assert end(meanwhile=True, before=False) in (
        end(meanwhile=False, before=True),
        end(meanwhile=False, before=False),
    )


def test_a_clear_meanwhile_does_not_mix_two_starts() -> None:
    """The start of listening is read once: an end counts from one start or from the other."""
    cache = RepostCache(None, NOW)
    stored = Interrupting(NOW + 10)
    stored.change = lambda: cache.clear(NOW + 500)
    assert cache.ends_at("id", stored, NOW - 30) == NOW + WRITE_AHEAD

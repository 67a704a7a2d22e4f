"""Blocking calls in threads: a deadline for the caller, and another thread for the next call."""

import asyncio
import threading

import pytest

from gateway.channels.support.threads import Threads
from gateway.core.incidents.retry import Failure, SendError

SHORT = 0.05
LONG = 30.0


async def test_a_call_that_never_returns_is_replaced() -> None:
    """E49: its thread is abandoned at the deadline, and the next call finds a free slot."""
    threads = Threads("test", 1, SHORT)
    gate = threading.Event()
    with pytest.raises(SendError) as late:
        await threads.call(lambda: gate.wait(LONG))
    assert (late.value.failure, late.value.perhaps) == (Failure.TIMEOUT, True)
    assert await threads.call(lambda: "done") == "done"
    assert (threads.busy, threads.abandoned) == (1, 1)
    gate.set()
    await threads.close()
    assert (threads.busy, threads.abandoned) == (0, 0)


async def test_abandoned_threads_are_bounded_and_said() -> None:
    """E49: beyond the bound calls fail at once, surely not delivered, until some come back."""
    threads = Threads("test", 1, SHORT, max_abandoned=2)
    gate = threading.Event()
    assert threads.problem() == ""
    for _ in range(2):
        with pytest.raises(SendError):
            await threads.call(lambda: gate.wait(LONG))
    assert "2 test calls have not come back" in threads.problem()
    with pytest.raises(SendError, match="2 earlier calls") as refusal:
        await threads.call(lambda: "never")
    assert refusal.value.perhaps is False
    gate.set()
    calm = await asyncio.wait_for(_when_free(threads), LONG)
    assert calm == "done"
    await threads.close()
    assert threads.problem() == ""


async def test_a_cancelled_call_gives_its_slot_back() -> None:
    """A send that is cancelled at shutdown must not hold up those that are not."""
    threads = Threads("test", 1, LONG)
    gate, started = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(started.set)
        gate.wait(LONG)

    call = asyncio.ensure_future(threads.call(work))
    await asyncio.wait_for(started.wait(), LONG)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await threads.call(lambda: "done") == "done"
    gate.set()
    await threads.close()


async def _when_free(threads: Threads) -> str:
    while True:
        try:
            return await threads.call(lambda: "done")
        except SendError:
            await asyncio.sleep(0)


async def test_what_comes_too_late_complains_to_nobody() -> None:
    """An error after the deadline is read, so that asyncio does not report it at exit."""
    threads = Threads("test", 1, SHORT)
    gate = threading.Event()

    def fail() -> None:
        gate.wait(LONG)
        raise ValueError("too late")

    with pytest.raises(SendError):
        await threads.call(fail)
    gate.set()
    await threads.close()


async def test_no_more_than_its_size_run_at_once() -> None:
    """The bound is what the vendor and the machine can take."""
    threads = Threads("test", 2, LONG)
    lock, most, now = threading.Lock(), 0, 0
    together = threading.Barrier(2)

    def work() -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        together.wait(LONG)
        with lock:
            now -= 1

    await asyncio.gather(*(threads.call(work) for _ in range(6)))
    assert most == 2
    await threads.close()


async def test_a_closed_pool_says_so() -> None:
    """A send after close is our own fault, not a crash of the loop."""
    threads = Threads("test", 1, LONG)
    await threads.close()
    with pytest.raises(SendError) as caught:
        await threads.call(lambda: None)
    assert caught.value.failure is Failure.INTERNAL


async def test_close_does_not_wait_for_ever() -> None:
    """A thread that hangs costs a deadline at the end, no more."""
    threads = Threads("test", 1, SHORT)
    gate = threading.Event()
    with pytest.raises(SendError):
        await threads.call(lambda: gate.wait(LONG))
    await asyncio.wait_for(threads.close(), LONG)
    assert threads.busy == 1
    gate.set()
    while threads.busy:
        await threads.close()

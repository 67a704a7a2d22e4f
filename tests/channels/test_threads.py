"""Synchronous SDKs in threads: a deadline for the caller, a slot until the thread is back."""

import asyncio
import threading

import pytest

from gateway.channels.threads import Threads
from gateway.core.delivery import Failure, SendError

SHORT = 0.05
LONG = 30.0


async def test_a_slot_stays_taken_until_its_thread_is_back() -> None:
    """Giving up a call does not stop it: a new one must not find more threads than there are."""
    threads = Threads("test", 1, SHORT)
    gate = threading.Event()
    with pytest.raises(SendError) as late:
        await threads.call(lambda: gate.wait(LONG))
    assert (late.value.failure, late.value.perhaps) == (Failure.TIMEOUT, True)
    with pytest.raises(SendError) as busy:
        await threads.call(lambda: None)
    assert (busy.value.failure, busy.value.perhaps) == (Failure.TIMEOUT, False)
    assert threads.busy == 1
    gate.set()
    await threads.close()
    assert threads.busy == 0


async def test_the_slot_is_free_again_afterwards() -> None:
    """A slow spell does not cost the channel its threads for ever."""
    threads = Threads("test", 1, SHORT)
    gate = threading.Event()
    with pytest.raises(SendError):
        await threads.call(lambda: gate.wait(LONG))
    gate.set()
    calm = await asyncio.wait_for(_when_free(threads), LONG)
    assert calm == "done"
    await threads.close()


async def _when_free(threads: Threads) -> str:
    while True:
        try:
            return await threads.call(lambda: "done")
        except SendError:
            continue


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

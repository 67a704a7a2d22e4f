"""Bodies of senders who have proven nothing share a bounded bodies."""

from contextlib import suppress

import pytest

from gateway.web.http.errors import RequestError
from gateway.web.ingest.in_flight import FREE, InFlight, Lease

BOUND = 64 * FREE
CHUNK = b"x" * FREE


def filled(bodies: InFlight, address: str, chunks: int) -> Lease:
    """A lease with so many counted chunks."""
    lease = bodies.lease(address)
    for _ in range(chunks + 1):
        bodies.grow(lease, CHUNK, BOUND)
    return lease


def test_forty_senders_never_hold_more_than_the_bound() -> None:
    """What strangers send at once has a bound, however many they are."""
    bodies = InFlight()
    held = [bodies.lease(f"198.51.100.{number}") for number in range(40)]
    for _ in range(30):
        for lease in held:
            with suppress(RequestError):
                bodies.grow(lease, CHUNK, BOUND)
            assert bodies.total <= BOUND
    assert any(not lease.dropped for lease in held)


def test_a_body_without_room_is_to_be_sent_again() -> None:
    """503 and Retry-After, and never 429: Alertmanager tries a webhook again on 5xx only."""
    bodies = InFlight()
    with pytest.raises(RequestError) as refused:
        filled(bodies, "198.51.100.1", 40)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")


def test_one_address_cannot_use_up_the_room() -> None:
    """A sender at another address gets in beside one that sends as much as it can."""
    bodies = InFlight()
    filled(bodies, "198.51.100.1", 30)
    with pytest.raises(RequestError):
        filled(bodies, "198.51.100.1", 40)
    assert bodies.total <= BOUND // 2
    assert not filled(bodies, "203.0.113.7", 30).dropped


def test_a_small_body_gets_in_where_large_ones_fill_the_room() -> None:
    """The largest body makes bodies, and its bytes are free at once: it may never go on."""
    bodies = InFlight()
    large = [filled(bodies, "198.51.100.1", 31), filled(bodies, "198.51.100.2", 31)]
    small = filled(bodies, "203.0.113.7", 4)
    assert not small.dropped
    assert [one.dropped for one in large].count(True) == 1
    assert bodies.total <= BOUND
    dropped = next(one for one in large if one.dropped)
    assert dropped.chunks == []
    with pytest.raises(RequestError):
        bodies.grow(dropped, CHUNK, BOUND)


def test_a_body_in_use_is_not_dropped() -> None:
    """What is being read or saved counts until it is released, and stays whole."""
    bodies = InFlight()
    used = filled(bodies, "198.51.100.1", 31)
    assert len(used.whole()) == 32 * FREE
    with pytest.raises(RequestError):
        filled(bodies, "198.51.100.1", 3)
    bodies.release(used)
    assert bodies.total == 0
    assert not filled(bodies, "198.51.100.1", 3).dropped


def test_what_is_released_is_forgotten() -> None:
    """Nothing is remembered of an address that sends nothing."""
    bodies = InFlight()
    for lease in [filled(bodies, "198.51.100.1", 3), bodies.lease("198.51.100.1")]:
        bodies.release(lease)
    assert bodies.total == 0
    assert vars(bodies) == vars(InFlight())

"""Bodies of senders who have proven nothing share a bounded room."""

from contextlib import suppress

import pytest

from gateway.web.http.errors import RequestError
from gateway.web.ingest.in_flight import FREE, InFlight, Lease

BOUND = 64 * FREE
CHUNK = b"x" * FREE


def filled(room: InFlight, address: str, chunks: int) -> Lease:
    """A lease with so many counted chunks."""
    lease = room.lease(address)
    for _ in range(chunks + 1):
        room.grow(lease, CHUNK, BOUND)
    return lease


def test_forty_senders_never_hold_more_than_the_bound() -> None:
    """What strangers send at once has a bound, however many they are."""
    room = InFlight()
    held = [room.lease(f"198.51.100.{number}") for number in range(40)]
    for _ in range(30):
        for lease in held:
            with suppress(RequestError):
                room.grow(lease, CHUNK, BOUND)
            assert room.total <= BOUND
    assert any(not lease.dropped for lease in held)


def test_a_body_without_room_is_to_be_sent_again() -> None:
    """503 and Retry-After, and never 429: Alertmanager tries a webhook again on 5xx only."""
    room = InFlight()
    with pytest.raises(RequestError) as refused:
        filled(room, "198.51.100.1", 40)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")


def test_one_address_cannot_use_up_the_room() -> None:
    """A sender at another address gets in beside one that sends as much as it can."""
    room = InFlight()
    filled(room, "198.51.100.1", 30)
    with pytest.raises(RequestError):
        filled(room, "198.51.100.1", 40)
    assert room.total <= BOUND // 2
    assert not filled(room, "203.0.113.7", 30).dropped


def test_a_small_body_gets_in_where_large_ones_fill_the_room() -> None:
    """The largest body makes room, and its bytes are free at once: it may never go on."""
    room = InFlight()
    large = [filled(room, "198.51.100.1", 31), filled(room, "198.51.100.2", 31)]
    small = filled(room, "203.0.113.7", 4)
    assert not small.dropped
    assert [one.dropped for one in large].count(True) == 1
    assert room.total <= BOUND
    dropped = next(one for one in large if one.dropped)
    assert dropped.chunks == []
    with pytest.raises(RequestError):
        room.grow(dropped, CHUNK, BOUND)


def test_a_body_in_use_is_not_dropped() -> None:
    """What is being read or saved counts until it is released, and stays whole."""
    room = InFlight()
    used = filled(room, "198.51.100.1", 31)
    assert len(used.whole()) == 32 * FREE
    with pytest.raises(RequestError):
        filled(room, "198.51.100.1", 3)
    room.release(used)
    assert room.total == 0
    assert not filled(room, "198.51.100.1", 3).dropped


def test_what_is_released_is_forgotten() -> None:
    """Nothing is remembered of an address that sends nothing."""
    room = InFlight()
    for lease in [filled(room, "198.51.100.1", 3), room.lease("198.51.100.1")]:
        room.release(lease)
    assert room.total == 0
    assert vars(room) == vars(InFlight())

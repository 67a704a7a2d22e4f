"""Bodies in flight: unauthenticated senders share bounded memory."""

from contextlib import suppress

import pytest

from gateway.web.http.errors import RequestError
from gateway.web.ingest.in_flight import FREE, InFlight, Lease

BOUND = 64 * FREE
CHUNK = b"x" * FREE


def filled(bodies: InFlight, address: str, chunks: int) -> Lease:
    """Return a lease with `chunks` counted chunks."""
    lease = bodies.lease(address)
    for _ in range(chunks + 1):
        bodies.grow(lease, CHUNK, BOUND)
    return lease


def test_forty_senders_never_hold_more_than_the_bound() -> None:
    """Concurrent bodies of any number of senders never exceed the bound."""
    bodies = InFlight()
    leases = [bodies.lease(f"198.51.100.{number}") for number in range(40)]
    for _ in range(30):
        for lease in leases:
            with suppress(RequestError):
                bodies.grow(lease, CHUNK, BOUND)
            assert bodies.total <= BOUND
    assert any(not lease.dropped for lease in leases)


def test_body_over_the_bound_is_503_with_retry_after() -> None:
    """A body over the bound answers 503, because Alertmanager retries a webhook on 5xx only."""
    bodies = InFlight()
    with pytest.raises(RequestError) as refused:
        filled(bodies, "198.51.100.1", 40)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")


def test_one_address_cannot_use_the_whole_bound() -> None:
    """A sender at another address is served beside one that sends as much as it can."""
    bodies = InFlight()
    filled(bodies, "198.51.100.1", 30)
    with pytest.raises(RequestError):
        filled(bodies, "198.51.100.1", 40)
    assert bodies.total <= BOUND // 2
    assert not filled(bodies, "203.0.113.7", 30).dropped


def test_small_body_displaces_the_largest_one() -> None:
    """The largest body is dropped for a small one; its bytes are freed, and it never resumes."""
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


def test_body_in_use_is_not_dropped() -> None:
    """A body that is being parsed or stored is counted until it is released, and stays whole."""
    bodies = InFlight()
    used = filled(bodies, "198.51.100.1", 31)
    assert len(used.whole()) == 32 * FREE
    with pytest.raises(RequestError):
        filled(bodies, "198.51.100.1", 3)
    bodies.release(used)
    assert bodies.total == 0
    assert not filled(bodies, "198.51.100.1", 3).dropped


def test_released_address_leaves_no_state() -> None:
    """After its bodies are released, no state of an address remains."""
    bodies = InFlight()
    for lease in [filled(bodies, "198.51.100.1", 3), bodies.lease("198.51.100.1")]:
        bodies.release(lease)
    assert bodies.total == 0
    assert vars(bodies) == vars(InFlight())

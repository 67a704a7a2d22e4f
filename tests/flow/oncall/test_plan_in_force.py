"""How soon another replica's change is in force."""

from gateway.flow.oncall.plan_in_force import POLL_SHARED


def test_replicas_ask_twice_within_a_second() -> None:
    """A change made on one replica is in force on the others within a second."""
    assert 2 * POLL_SHARED < 1.0

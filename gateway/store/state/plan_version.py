"""Version of what the database adds to the configuration: replicas compare it to notice changes."""

from gateway.store.db.transaction import Tx
from gateway.store.state import counters

_NAME = "plan_version"


def read(tx: Tx) -> int:
    """Return the version; it only grows."""
    return counters.read(tx, _NAME)


def advance(tx: Tx) -> None:
    """Say that the plan in force has changed. Call it where such a change is stored."""
    counters.take(tx, _NAME, 1)

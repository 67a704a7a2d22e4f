"""Shared work: what one replica at a time does, each turn for some seconds."""

from gateway.store.db.transaction import Tx
from gateway.store.state import counters


def take(tx: Tx, name: str, now: float, seconds: float) -> bool:
    """Take a turn that no replica has; return False while another one lasts.

    `now` is in Unix seconds. A turn is not given back: it ends by itself.
    """
    key = f"work:{name}"
    until = counters.find(tx, key)
    # A turn that a clock far ahead took must not last until then.
    if until is not None and now < until <= now + seconds:
        return False
    counters.save(tx, key, int(now + seconds))
    return True

"""Delays for repeated failed proofs of one address, against guessing of tokens.

Only failing requests wait, so a sender with the right token behind the same proxy is never
delayed. The caller passes the time.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 10
"""Failures in a row that are answered at once: a mistyped token or an old link costs nothing."""

FORGOTTEN_EVERY = 3.0
"""Seconds after which one failure is forgotten. Guessing at this pace is never delayed."""

FIRST_WAIT = 0.1
LONGEST_WAIT = 3.0
"""Seconds. Below the shortest timeout of senders, which must still receive the answer."""

MOST_ADDRESSES = 4096
"""Addresses remembered, about 1 MB; the one that failed least recently is forgotten first."""


class FailedProofs:
    """Recent failures by client address. Used from the event loop only."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def failed(self, address: str, now: float) -> float:
        """Count one failure of `address`; return the seconds by which to delay its answer."""
        level, failed_at = self._failures.pop(address, (0.0, now))
        level = max(0.0, level - max(0.0, now - failed_at) / FORGOTTEN_EVERY) + 1.0
        level = min(level, FREE + 10.0)  # forgotten within a minute after the last failure
        self._failures[address] = (level, now)
        if len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)
        if level <= FREE:
            return 0.0
        return float(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (level - FREE)))

    def __len__(self) -> int:
        return len(self._failures)


def client_of(peer: str) -> str:
    """Return the address that identifies a client: IPv4, or the /64 network of an IPv6 one.

    One household or one rented server has a whole /64. Text that is not an address is unchanged.
    """
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.is_loopback:
        return str(address)
    return str(ip_network((address, 64), strict=False))

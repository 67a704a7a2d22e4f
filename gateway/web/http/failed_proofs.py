"""How long an answer to a failed proof waits: repeated guessing from one address is slowed down.

Only failing requests wait, so a sender with the right token behind the same proxy is never
delayed. The rule is pure: the caller passes the time.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 10
"""Failures at once before an answer waits: a mistyped token or an old link costs nothing."""

FORGOTTEN_EVERY = 3.0
"""Seconds after which one failure is forgotten: guessing goes on at this pace without waiting."""

FIRST_WAIT = 0.1
LONGEST_WAIT = 3.0
"""Seconds. Below the shortest timeout of senders, so that they still see the answer."""

MOST_ADDRESSES = 4096
"""Addresses remembered, about 1 MB; the one that failed least recently is forgotten first."""


class FailedProofs:
    """Failures by client address, each forgotten after a while."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def failed(self, address: str, now: float) -> float:
        """Count one failure of `address`; return the seconds that its answer should wait."""
        level, then = self._failures.pop(address, (0.0, now))
        level = max(0.0, level - max(0.0, now - then) / FORGOTTEN_EVERY) + 1.0
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
    """Return what counts as one client: an IPv4 address, or an IPv6 /64 network.

    One household or one rented server has a whole /64. Text that is no address stays as it is.
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

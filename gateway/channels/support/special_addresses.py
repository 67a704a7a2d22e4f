"""The special-purpose address registries of IANA, row by row.

Source: www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry,
both last updated on 2025-10-09. Python's `ipaddress` has another, older selection in each of its
releases. To update: compare the registries' columns "Address Block" and "Globally Reachable".
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple


class Row(NamedTuple):
    """One address block. `reachable` is "Globally Reachable"; None stands for N/A."""

    block: str
    name: str
    reachable: bool | None


IPV4 = (
    Row("0.0.0.0/8", "This network", False),
    Row("0.0.0.0/32", "This host on this network", False),
    Row("10.0.0.0/8", "Private-Use", False),
    Row("100.64.0.0/10", "Shared Address Space", False),
    Row("127.0.0.0/8", "Loopback", False),
    Row("169.254.0.0/16", "Link Local", False),
    Row("172.16.0.0/12", "Private-Use", False),
    Row("192.0.0.0/24", "IETF Protocol Assignments", False),
    Row("192.0.0.0/29", "IPv4 Service Continuity Prefix", False),
    Row("192.0.0.8/32", "IPv4 dummy address", False),
    Row("192.0.0.9/32", "Port Control Protocol Anycast", True),
    Row("192.0.0.10/32", "Traversal Using Relays around NAT Anycast", True),
    Row("192.0.0.170/32", "NAT64/DNS64 Discovery", False),
    Row("192.0.0.171/32", "NAT64/DNS64 Discovery", False),
    Row("192.0.2.0/24", "Documentation (TEST-NET-1)", False),
    Row("192.31.196.0/24", "AS112-v4", True),
    Row("192.52.193.0/24", "AMT", True),
    Row("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", None),
    Row("192.88.99.2/32", "6a44-relay anycast address", False),
    Row("192.168.0.0/16", "Private-Use", False),
    Row("192.175.48.0/24", "Direct Delegation AS112 Service", True),
    Row("198.18.0.0/15", "Benchmarking", False),
    Row("198.51.100.0/24", "Documentation (TEST-NET-2)", False),
    Row("203.0.113.0/24", "Documentation (TEST-NET-3)", False),
    Row("240.0.0.0/4", "Reserved", False),
    Row("255.255.255.255/32", "Limited Broadcast", False),
)

IPV6 = (
    Row("::1/128", "Loopback Address", False),
    Row("::/128", "Unspecified Address", False),
    Row("::ffff:0:0/96", "IPv4-mapped Address", False),
    Row("64:ff9b::/96", "IPv4-IPv6 Translation", True),
    Row("64:ff9b:1::/48", "IPv4-IPv6 Translation", False),
    Row("100::/64", "Discard-Only Address Block", False),
    Row("100:0:0:1::/64", "Dummy IPv6 Prefix", False),
    Row("2001::/23", "IETF Protocol Assignments", False),
    Row("2001::/32", "Teredo", None),
    Row("2001:1::1/128", "Port Control Protocol Anycast", True),
    Row("2001:1::2/128", "Traversal Using Relays around NAT Anycast", True),
    Row("2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", True),
    Row("2001:2::/48", "Benchmarking", False),
    Row("2001:3::/32", "AMT", True),
    Row("2001:4:112::/48", "AS112-v6", True),
    Row("2001:10::/28", "Deprecated (previously ORCHID)", None),
    Row("2001:20::/28", "ORCHIDv2", True),
    Row("2001:30::/28", "Drone Remote ID Protocol Entity Tags Prefix", True),
    Row("2001:db8::/32", "Documentation", False),
    Row("2002::/16", "6to4", None),
    Row("2620:4f:8000::/48", "Direct Delegation AS112 Service", True),
    Row("3fff::/20", "Documentation", False),
    Row("5f00::/16", "Segment Routing (SRv6) SIDs", False),
    Row("fc00::/7", "Unique-Local", False),
    Row("fe80::/10", "Link-Local Unicast", False),
)


def _sorted(rows: tuple[Row, ...]) -> list[tuple[IPv4Network | IPv6Network, bool]]:
    """Return the blocks, the most specific first."""
    blocks = [(ip_network(row.block), row.reachable is True) for row in rows]
    return sorted(blocks, key=lambda block: -block[0].prefixlen)


_BLOCKS = {4: _sorted(IPV4), 6: _sorted(IPV6)}


def is_reachable(address: IPv4Address | IPv6Address) -> bool:
    """Return whether the registries call an address globally reachable.

    True for one that no row holds. N/A counts as False: such an address stands for another one.
    """
    for block, reachable in _BLOCKS[address.version]:
        if address in block:
            return reachable
    return True

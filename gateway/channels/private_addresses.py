"""Refusing to connect inside our own network (server-side request forgery).

For webhooks whose URLs are written by people who are not the gateway's admins. The check is made
on each address right before it is connected to, so a name that resolves to another address the
second time does not get round it.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

_EMBEDDING = (
    ip_network("64:ff9b::/96"),  # NAT64: reaches IPv4 addresses that is_global never sees
    ip_network("64:ff9b:1::/48"),
)


class PrivateAddress(OSError):
    """The address is not a public one."""


def is_public(address: str) -> bool:
    """Whether a literal IP address lies on the public internet.

    Python's `is_global` lets through multicast, NAT64 and 6to4, each of which can stand for a
    private address.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            ip = inner
        elif ip.teredo is not None or any(ip in network for network in _EMBEDDING):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def public_socket(
    info: tuple[int, int, int, str, tuple[Any, ...]],
) -> socket.socket:
    """A socket for this address, for aiohttp's connector. Raises PrivateAddress."""
    family, kind, protocol, _, where = info
    if family not in (socket.AF_INET, socket.AF_INET6) or not is_public(str(where[0])):
        raise PrivateAddress("the URL leads to a private address, which is refused here")
    return socket.socket(family=family, type=kind, proto=protocol)

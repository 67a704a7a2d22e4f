"""Protection against server-side request forgery: no connection to private addresses.

For webhooks whose URLs are written by people who are not the gateway's admins. Each address is
checked right before connecting, so a name that resolves differently the second time is refused.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from gateway.channels.support.special_addresses import is_reachable
from gateway.core.errors import GatewayError

_GLOBAL_UNICAST = ip_network("2000::/3")
"""What IANA assigns to the internet (ipv6-address-space). Outside are fec0::/10 (site-local),
::/96 (IPv4-compatible), ::ffff:0:0:0/96 (translated), multicast, and what is not assigned."""

_NAT64 = ip_network("64:ff9b::/96")
"""Reaches the IPv4 address in its last 32 bits (RFC 6052). Networks without IPv4 see every IPv4
host like that, so it cannot be refused as a whole."""

_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of an interface id that ends in an IPv4 address (RFC 5214, 6.1)."""


_NEAREST = (ip_network("192.0.0.0/24"), ip_network("2001:1::/32"))
"""Anycast of PCP, TURN and DNS-SD. The registries call them globally reachable, but the nearest
device answers, which is the own network's router (RFC 7723, RFC 8155, RFC 9665)."""


class PrivateAddressError(GatewayError, OSError):
    """The address is not a public one."""


def is_public(address: str) -> bool:
    """Return whether a literal IP address is on the public internet.

    An IPv6 address that stands for an IPv4 address is as public as that one.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _public_ipv4(ip)
    if ip.scope_id is not None:  # only link-local addresses have one
        return False
    inner = ip.ipv4_mapped or (_last_ipv4(ip) if ip in _NAT64 else None)
    if inner is not None:
        return _public_ipv4(inner)
    if ip not in _GLOBAL_UNICAST or not _reachable(ip):
        return False
    return _public_ipv4(_last_ipv4(ip)) if _interface(ip) in _ISATAP else True


def _public_ipv4(ip: IPv4Address) -> bool:
    return _reachable(ip) and not ip.is_multicast


def _reachable(ip: IPv4Address | IPv6Address) -> bool:
    return is_reachable(ip) and not any(ip in block for block in _NEAREST)


def _last_ipv4(ip: IPv6Address) -> IPv4Address:
    return IPv4Address(int(ip) & 0xFFFF_FFFF)


def _interface(ip: IPv6Address) -> int:
    """Return bits 64 to 95 of an address."""
    return int(ip) >> 32 & 0xFFFF_FFFF


def public_socket(
    info: tuple[int, int, int, str, tuple[Any, ...]],
) -> socket.socket:
    """Return a socket for aiohttp's connector. Raises PrivateAddressError."""
    family, kind, protocol, _, where = info
    if family not in (socket.AF_INET, socket.AF_INET6) or not is_public(str(where[0])):
        raise PrivateAddressError("the URL leads to a private address, which is refused here")
    return socket.socket(family=family, type=kind, proto=protocol)

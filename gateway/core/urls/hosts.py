"""Host names: the names in a `Host` header, and those that a gateway answers to.

DNS rebinding lets a page of a stranger's site send requests to an address inside a network: the
browser treats them as the site's own, and only `Host` still has the site's name. So a name that a
stranger can register must be known here. An IP address or a name outside the public DNS cannot be
rebound.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address

ANY = "*"
"""An entry that allows every name."""

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?")
_NAME = re.compile(r"(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_NEVER_PUBLIC = (
    ".localhost",  # RFC 6761
    ".local",  # RFC 6762; `cluster.local` is Kubernetes' default
    ".internal",  # reserved by ICANN for private use, 2024
    ".home.arpa",  # RFC 8375
    ".test",  # RFC 6761
    ".svc",  # a Kubernetes service within its cluster; no such top-level domain exists
)
"""Ends of names that nobody can register."""


def host_of(authority: str) -> str | None:
    """Return the host of `host:port` in lower case; None when it is malformed."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None or int(match[2] or 0) > 65535:
        return None
    host = match[1].strip("[]").lower()
    if match[1].startswith("[") and not is_address(host):
        return None
    return host.removesuffix(".")


def is_address(host: str) -> bool:
    """Return whether `host` is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return is_address(host) and ip_address(host).is_loopback


def is_known(host: str, allowed: Iterable[str]) -> bool:
    """Return whether a request for `host` may be answered.

    True for addresses, for names of one label, for names that nobody can register, and for
    entries of `allowed`: a name, `*.example.com` for all names below it, or `*`.
    """
    if is_address(host) or "." not in host or host.endswith(_NEVER_PUBLIC):
        return True
    return any(
        entry in (ANY, host) or (entry.startswith("*.") and host.endswith(entry[1:]))
        for entry in allowed
    )


def read_hosts(text: str) -> tuple[str, ...]:
    """Read names separated by commas or spaces. Raises ValueError with the wrong one."""
    names = []
    for entry in re.split(r"[,\s]+", text.strip()):
        if not entry:
            continue
        if entry != ANY and not is_address(entry.strip("[]")) and not _NAME.fullmatch(entry):
            raise ValueError(entry)
        names.append(entry.strip("[]").lower())
    return tuple(names)

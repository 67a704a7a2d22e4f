"""URLs that an admin writes: webhooks, APIs, proxies, the external URL, the heartbeat.

One check for all of them, so that a URL that passes can be requested. Errors say what is wrong
without quoting the URL, because many hold a token or a password.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit

WRITE = "write http://… or https://…"

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\\u0080-\u00a0\u2028\u2029]")
"""Spaces, control characters and backslashes: clients disagree on where the host ends."""

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
"""One part of a host name. The underscore is no host name (RFC 952), but services have it."""

LONGEST_HOST = 253
"""Characters of a host name (RFC 1035, 2.3.4)."""

_NUMERIC = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)")


@dataclass(frozen=True, slots=True)
class WebUrl:
    """A checked URL. `text` has scheme and host in lower case, and no user information."""

    text: str
    username: str | None = None
    password: str | None = None

    @property
    def path(self) -> str:
        """The path, empty for none."""
        return urlsplit(self.text).path


def web_url(text: str) -> WebUrl:
    """Check an http or https URL, and return its parts.

    Raises ValueError with what is wrong and what to write instead, without quoting the URL.
    """
    if _UNSAFE.search(text):
        raise ValueError("not a URL: it has a space, a control character or a backslash in it")
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise ValueError(f"not a URL: {WRITE}")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(
            "not a URL: what stands in [ ] is not an IPv6 address; write http://[::1]:8080"
        ) from None
    host = _host(parts)
    port = _port(parts)
    user, at, _ = parts.netloc.rpartition("@")
    if "@" in user:
        raise ValueError("not a URL: write an @ in a name or a password as %40")
    name, colon, password = user.partition(":")
    netloc = f"{host}:{port}" if port is not None else host
    rest = parts._replace(scheme=parts.scheme.lower(), netloc=netloc, fragment="")
    return WebUrl(
        rest.geturl(), unquote(name) if at else None, unquote(password) if colon else None
    )


def _host(parts: SplitResult) -> str:
    """Return the host in lower case, as it is written in a URL: IPv6 in brackets."""
    host = parts.hostname
    if not host:
        raise ValueError("not a URL: the host is missing; write https://example.com/…")
    netloc = parts.netloc.rpartition("@")[2]
    if netloc.startswith("["):
        return _ipv6(host, netloc.partition("]")[2])
    name = _ascii(host).removesuffix(".")
    labels = name.split(".")
    if len(name) > LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("not a URL: the host is neither a name nor an address")
    if _NUMERIC.fullmatch(labels[-1]) and not _ipv4(labels):
        raise ValueError("not a URL: the host is not an IPv4 address; write four numbers")
    return _ascii(host)


def _ipv6(host: str, behind: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError:
        address = None
    if address is None or address.scope_id or (behind and not behind.startswith(":")):
        raise ValueError(
            "not a URL: what stands in [ ] is not an IPv6 address; write http://[::1]:8080"
        )
    return f"[{host}]"


def _ipv4(labels: list[str]) -> bool:
    """Return whether these are the four numbers of an address, without leading zeros.

    Some resolvers read shorter and octal forms as another address than people do.
    """
    return len(labels) == 4 and all(
        label.isdecimal() and str(int(label)) == label and int(label) < 256 for label in labels
    )


def _ascii(host: str) -> str:
    """Return the host name in ASCII; other names are encoded as IDNA."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError("not a URL: the host is neither a name nor an address") from None


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        fault = "not a URL: the port is not a number from 1 to 65535"
        if "@" in parts.path + parts.query + parts.fragment:  # cut off inside of a password
            fault += "; in a password write / as %2F, # as %23 and ? as %3F"
        raise ValueError(fault)
    return port


def proxy_url(text: str) -> WebUrl:
    """Check the URL of an HTTP proxy: scheme, host, port, perhaps a name and a password.

    Raises ValueError as `web_url` does.
    """
    if re.match(r"socks\w*://", text, re.IGNORECASE):
        raise ValueError("SOCKS proxies are not supported: write http://HOST:PORT")
    url = web_url(text)
    parts = urlsplit(url.text)
    if parts.path not in ("", "/") or parts.query:
        raise ValueError("a proxy has no path: write http://HOST:PORT")
    if not f"{url.username or ''}{url.password or ''}".isascii():
        raise ValueError("a proxy's name and password must be ASCII")
    return url


def plain_url(text: str) -> str:
    """Check a URL without name and password; return it without a slash at its end.

    Raises ValueError as `web_url` does.
    """
    url = web_url(text)
    if url.username is not None:
        raise ValueError("not a URL: write it without a name and a password")
    return url.text.rstrip("/")

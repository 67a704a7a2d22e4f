"""Twilio's signature of a request.

It is the HMAC-SHA1, with the account's auth token, of the URL that Twilio requested and of each
field of the form, sorted by name: name and value (Twilio, "Webhooks security"). So the URL must be
the public one: behind a proxy the request itself names another host and scheme. No time is
signed, so what a request does must be done once.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from urllib.parse import urlsplit, urlunsplit

from gateway.core.plan.accounts import Secret

HEADER = "X-Twilio-Signature"
Fields = Sequence[tuple[str, str]]
_PORTS = {"http": 80, "https": 443}


def is_signed(secrets: Iterable[Secret], url: str, fields: Fields, signature: str) -> bool:
    """Return whether any of the secrets signed a form that was posted to this public URL."""
    proof = signature.encode("utf-8", "surrogateescape")
    signed = "".join(name + value for name, value in sorted(set(fields)))
    matches = [
        hmac.compare_digest(_digest(secret, one + signed), proof)
        for secret in secrets
        for one in _variants(url)
    ]
    return any(matches)


def _digest(secret: Secret, text: str) -> bytes:
    key = secret.reveal().encode("utf-8", "surrogateescape")
    digest = hmac.new(key, text.encode("utf-8", "surrogateescape"), sha1).digest()
    return b64encode(digest)


def _variants(url: str) -> Iterator[str]:
    """Yield the forms of a URL that Twilio may sign: as it is, with and without a port."""
    yield url
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = _PORTS.get(parts.scheme, 0)
    netloc = host if parts.port is not None else f"{host}:{port}"
    yield urlunsplit(parts._replace(netloc=netloc))

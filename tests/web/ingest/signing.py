"""Signatures as senders make them. The keys are those of the tests."""

import hashlib
import hmac

KEY = "test-signing-key"


def hex_hmac(body: bytes, key: str = KEY, prefix: str = "") -> str:
    """Return the HMAC-SHA256 over a prefix and a body, in hexadecimal digits."""
    return hmac.digest(key.encode(), prefix.encode() + body, hashlib.sha256).hex()

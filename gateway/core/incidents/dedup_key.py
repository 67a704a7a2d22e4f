"""The key by which a vendor knows an incident: made when sent, read when it comes back."""

import re
from hashlib import sha256

_KEY = re.compile(r"gateway-([0-9]{1,15})-[0-9a-f]{20}")


def dedup_key(number: int, group_key: object, opened_at: object) -> str:
    """Return the key that all notices of an incident share, at most 255 characters.

    It contains the incident's number, group and opening time, because a new database may reuse
    numbers that a vendor still has.
    """
    digest = sha256(f"{group_key}|{opened_at}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"gateway-{number}-{digest}"


def number_in(key: str) -> int | None:
    """Return the number in a key; None for a key that is not made here.

    Compare the key with that of the incident: another gateway may have one of the same number.
    """
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None

"""Names of accounts, by the channel and the first receiver that uses them."""

import re
from collections.abc import Container

LONGEST_NAME = 40
"""Characters of a receiver's name in the name of an account, which has a limit of 63."""


def free_name(channel: str, receiver: str, taken: Container[str]) -> str:
    """Return a name that no other account has; the channel's own where that is free."""
    if channel not in taken:
        return channel
    words = re.sub("[^A-Za-z0-9]+", "-", receiver).strip("-").lower()[:LONGEST_NAME]
    name = unique_name = f"{channel}-{words or 'other'}"
    number = 1
    while unique_name in taken:
        number += 1
        unique_name = f"{name}-{number}"
    return unique_name

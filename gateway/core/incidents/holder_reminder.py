"""When the person who acknowledged is reminded that the acknowledgement expires. Pure."""

from gateway.core.incidents.incident import Ack
from gateway.core.incidents.responses import Responses

REMIND_BEFORE = 15 * 60.0
"""Seconds before the expiry. Longer: the reminder comes while nobody thinks of the end yet.
Shorter: there is no time left to extend it."""

SHARE = 4
"""A short acknowledgement is reminded of after three of these four parts."""


def reminder_at(ack: Ack | None, responses: Responses) -> float | None:
    """Return when to remind the holder; None without one, or if it was done for this expiry."""
    if ack is None or responses.reminded_of == ack.expires_at:
        return None
    return ack.expires_at - min(REMIND_BEFORE, (ack.expires_at - ack.at) / SHARE)

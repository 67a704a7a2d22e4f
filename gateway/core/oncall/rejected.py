"""Errors for changes and swaps that are not made."""

from gateway.core.errors import GatewayError


class ChangeError(GatewayError):
    """A change is not made. `field` is the part of the request that is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class RejectedChangeError(ChangeError):
    """The change cannot be meant, or would do harm."""


class UnknownChangeError(ChangeError):
    """There is no change or swap of that id."""


class ChangeConflictError(ChangeError):
    """The state of a change, a swap or the schedule does not allow it any more."""

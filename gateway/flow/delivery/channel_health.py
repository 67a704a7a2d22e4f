"""Health of one account by its attempts, and their log."""

import logging

from gateway.core.incidents.message import Receipt
from gateway.core.incidents.outbox import PRINTED_TEXT
from gateway.core.incidents.retry import PERMANENT, SendError

log = logging.getLogger(__name__)


class ChannelHealth:
    """How the attempts of one account end. Times are unix seconds, None for never."""

    def __init__(self) -> None:
        self.attempts = 0
        self.last_success: float | None = None
        self.failing_since: float | None = None
        self.failing_with = ""

    def record(
        self,
        receipt: Receipt | None,
        error: SendError | None,
        now: float,
    ) -> None:
        """Record and log an attempt that ended now, with a receipt or with an error.

        The log lines get their fields from the attempt's context.
        """
        if error is None:
            self.last_success, self.failing_since = now, None
            printed = "printed" in (receipt or {})
            log.info(PRINTED_TEXT if printed else "delivered")
            return
        if error.failure not in PERMANENT:  # a permanent failure is an answer: the vendor is up
            if self.failing_since is None:
                self.failing_since = now
            self.failing_with = error.failure.value
        log.warning("attempt failed: %s", error)

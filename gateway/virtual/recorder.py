"""Channels that record messages instead of sending them, and fail when a story says so."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gateway.channels.contract import accepts_notice
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Target


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a channel accepted: when (Unix seconds), to whom, and what."""

    at: float
    target: Target
    message: Message = field(repr=False)


Failing = Callable[[Message, Target], SendError | None]
"""Decides whether an attempt fails; None: the vendor accepts it."""


class RecordingChannel:
    """The channel of one account. Attempts end at once."""

    in_flight = 4

    def __init__(
        self,
        account_key: str,
        now: Callable[[], float],
        record: Callable[[Delivery], None],
        failing: Failing,
        *,
        rendered: bool,
    ) -> None:
        """Without `rendered` messages have facts and no text, which takes half of the time."""
        spec = spec_of(split_account_key(account_key)[0])
        self.spec = spec if rendered else replace(spec, parts=())
        self._now = now
        self._record = record
        self._failing = failing

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        return accepts_notice(self.spec, kind, quiet=quiet)

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        error = self._failing(message, target)
        if error is None or error.perhaps:
            self._record(Delivery(self._now(), target, message))
        if error is not None:
            raise error
        return {"id": str(message.notice_id)}

    def problem(self) -> str:
        return ""

    async def close(self) -> None:
        return None

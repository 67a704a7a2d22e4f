"""Attempts in flight on one account, each a task; every one ends in an outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass

from gateway.channels.contract import Channel
from gateway.channels.support.http_errors import masked
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import split_account_key
from gateway.flow.delivery.channel_health import ChannelHealth
from gateway.flow.delivery.outcome import Outcome
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.flow.runtime.dependencies import Dependencies
from gateway.log import bind_fields

log = logging.getLogger(__name__)

ComposeMessage = Callable[[Notice, NoticeKind, Channel], Awaitable[Message]]
"""(notice, kind, channel): the message to send, rendered for that channel."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """One attempt that has not ended; `channel` is None where none is configured."""

    claimed_notice: ClaimedNotice
    channel: Channel | None
    started_at: float


class Attempts:
    """Attempts of one account. Used from the event loop only."""

    def __init__(
        self,
        account_key: str,
        dependencies: Dependencies,
        compose: ComposeMessage,
        on_outcome: Callable[[Outcome], None],
        on_done: Callable[[], None],
    ) -> None:
        """`on_outcome` gets each outcome, and `on_done` is called after it, when a task has ended.

        A notice counts as in flight until `on_done`, so it cannot be claimed again before its
        outcome is known.
        """
        self.health = ChannelHealth()
        self._channel, self._account = split_account_key(account_key)
        self._deadline = dependencies.claimant.deadline
        self._now = dependencies.now
        self._spread = dependencies.spread
        self._compose = compose
        self._on_outcome = on_outcome
        self._on_done = on_done
        self._in_flight: dict[asyncio.Task[None], InFlight] = {}

    def __len__(self) -> int:
        return len(self._in_flight)

    def ids(self) -> list[int]:
        """Return the ids of the notices in flight."""
        return [one.claimed_notice.notice.id for one in self._in_flight.values()]

    def uses(self, channel: Channel) -> bool:
        """Return whether an attempt uses this channel, which a reload may have replaced."""
        return any(one.channel is channel for one in self._in_flight.values())

    def start(self, channel: Channel | None, claimed_notice: ClaimedNotice) -> None:
        """Start an attempt in a task of its own, whose log lines name the notice."""
        notice = claimed_notice.notice
        in_flight = InFlight(claimed_notice, channel, self._now())
        context = copy_context()
        context.run(
            bind_fields,
            notice=notice.id,
            incident=notice.incident,
            channel=self._channel,
            account=self._account,
            kind=claimed_notice.kind.value,
            reason=notice.reason.value,
        )
        task = asyncio.get_running_loop().create_task(
            self._run(in_flight), name=f"send {notice.id}", context=context
        )
        self._in_flight[task] = in_flight
        task.add_done_callback(self._end, context=context)

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until all attempts have ended, at most `timeout` seconds."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=timeout)

    def cancel(self) -> None:
        """Cancel all attempts; each ends as "perhaps arrived"."""
        for task in self._in_flight:
            task.cancel()

    async def _run(self, in_flight: InFlight) -> None:
        self.health.attempts += 1
        receipt, error = None, None
        try:
            receipt = await self._send(in_flight.channel, in_flight.claimed_notice)
        except SendError as failure:
            error = failure.masked(masked)
        except asyncio.CancelledError:  # only `cancel` does that
            error = SendError(Failure.TIMEOUT, "the gateway was stopped meanwhile", perhaps=True)
        ended_at = self._now()
        self.health.record(receipt, error, ended_at)
        # Here and not in `_end`: the hold after a 429 must count before another attempt begins.
        self._on_outcome(self._outcome(in_flight, ended_at, receipt, error, self._spread()))

    def _end(self, task: asyncio.Task[None]) -> None:
        in_flight = self._in_flight.pop(task)
        # One that was cancelled before it began has no outcome: the engine releases its claim.
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            self._record_fault(in_flight, fault)
        self._on_done()

    def _record_fault(self, in_flight: InFlight, fault: BaseException) -> None:
        """Let a fault of the gateway end as an outcome: the notice is retried, or falls back."""
        log.error("an attempt ended with a fault of the gateway", exc_info=fault)
        error = SendError(Failure.INTERNAL, type(fault).__name__, perhaps=True)
        self._on_outcome(self._outcome(in_flight, self._now(), None, error, 0.5))

    def _outcome(
        self,
        in_flight: InFlight,
        ended_at: float,
        receipt: Receipt | None,
        error: SendError | None,
        jitter: float,
    ) -> Outcome:
        seconds = max(0.0, ended_at - in_flight.started_at)
        return Outcome(in_flight.claimed_notice, ended_at, seconds, receipt, error, jitter)

    async def _send(self, channel: Channel | None, claimed_notice: ClaimedNotice) -> Receipt:
        if channel is None:
            raise SendError(Failure.MISCONFIGURED, self._undeclared_text())
        notice = claimed_notice.notice
        try:
            async with asyncio.timeout(self._deadline):
                message = await self._compose(notice, claimed_notice.kind, channel)
                self._log_template_failure(message)
                return dict(await channel.send(message, notice.target, notice.receipt))
        except SendError:
            raise
        except TimeoutError as late:
            raise SendError(Failure.TIMEOUT, "no answer in time", perhaps=True) from late
        except Exception as fault:
            # A fault of the gateway must not lose the alert: it is logged, and the notice retried.
            log.exception("sending failed")
            raise SendError(Failure.INTERNAL, type(fault).__name__, perhaps=True) from fault

    def _undeclared_text(self) -> str:
        return f"channels: has no account {self._account} of {self._channel} any more"

    def _log_template_failure(self, message: Message) -> None:
        if message.failed_template is not None:
            log.warning(
                "template failed: sending plain words",
                extra={"template": message.failed_template},
            )

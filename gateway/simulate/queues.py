"""What is sent of the notices to each target: the engine's rules, and notices that wait.

Each message is accepted at once, so a queue holds only what waits for the end of quiet hours.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from gateway.channels.contract import accepts_notice
from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NewNotice, NoticeKind
from gateway.core.incidents.queue import next_step
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import spec_of

_FIRES = FIRING_KINDS | {NoticeKind.LATE, NoticeKind.ACKNOWLEDGED}


@dataclass(slots=True)
class _Queue:
    """One incident's notices to one target: what waits, and what the target knows."""

    waiting: list[NewNotice] = field(default_factory=list)
    notified: bool = False
    end_notified: bool = False


class Queues:
    """The queues of all incidents that are played."""

    def __init__(self) -> None:
        self._queues: dict[int, dict[str, _Queue]] = {}

    def add(self, number: int, notice: NewNotice, now: float) -> NewNotice | None:
        """Return the message that is sent now because of a notice, None if none is."""
        if not accepts(notice.target.account_key, notice.kind, quiet=notice.quiet):
            return None
        queue = self._queues.setdefault(number, {}).setdefault(notice.target.key, _Queue())
        queue.waiting.append(notice)
        if notice.not_before is not None and notice.not_before > now:
            return None
        return _send(queue)

    def release(self, number: int, key: str) -> NewNotice | None:
        """Return what is sent now because the time is over until which notices waited."""
        queue = self._queues.get(number, {}).get(key)
        return None if queue is None or not queue.waiting else _send(queue)

    def cancel(self, number: int, kinds: Collection[NoticeKind]) -> None:
        """Cancel an incident's notices of these kinds that wait."""
        for queue in self._queues.get(number, {}).values():
            queue.waiting = [one for one in queue.waiting if one.kind not in kinds]

    def forget(self, number: int) -> None:
        """Forget an incident about which nothing follows; what waits about it is never sent."""
        queues = self._queues.get(number, {})
        if not any(queue.waiting for queue in queues.values()):
            self._queues.pop(number, None)


def accepts(account_key: str, kind: NoticeKind, *, quiet: bool) -> bool:
    """Return whether an account sends such notices."""
    channel, _ = split_account_key(account_key)
    return accepts_notice(spec_of(channel), kind, quiet=quiet)


def _send(queue: _Queue) -> NewNotice | None:
    waiting, queue.waiting = queue.waiting, []
    account_key = waiting[-1].target.account_key
    step = next_step(
        [one.kind for one in waiting],
        notified=queue.notified,
        each=not accepts(account_key, NoticeKind.DIGEST, quiet=False),
        end_notified=queue.end_notified,
    )
    if step.send is None:
        return None
    sent = waiting[step.send]
    sent = replace(sent, kind=step.kind or sent.kind, not_before=None)
    ended, fires = sent.kind in END_KINDS, sent.kind in _FIRES
    queue.end_notified = ended or (queue.end_notified and not fires)
    queue.notified = queue.notified or fires
    return sent

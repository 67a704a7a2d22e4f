"""Whether a receiver that was told of a group has to be told again, and why."""

from collections.abc import Set
from typing import Literal

Reason = Literal["first", "new alerts", "some resolved", "resolved", "repeat"]


def should_notify(
    *,
    told_firing: Set[str] | None,
    told_resolved: Set[str],
    told_at: float | None,
    firing: Set[str],
    resolved: Set[str],
    repeat_interval: float,
    send_resolved: bool,
    now: float,
) -> Reason | None:
    """Return the reason to notify a receiver, None when there is nothing new for it.

    The rules are those of Alertmanager's deduplication (notify.DedupStage). `told_firing` and
    `told_resolved` are the identities in the receiver's last notification, made at `told_at`;
    `told_firing` None says that there was none. `firing` and `resolved` are what holds now.

    ``resolved`` is returned when all that was told as firing has ended, also where
    `send_resolved` is false: what was told is then settled without a message.
    """
    if told_firing is None:
        return "first" if firing else None
    if not firing <= told_firing:
        return "new alerts"
    if not firing:
        # Whatever fired and ended since the last notification was never told.
        return "resolved" if told_firing else None
    if send_resolved and not resolved <= told_resolved:
        return "some resolved"
    if told_at is None or told_at < now - repeat_interval:
        return "repeat"
    return None

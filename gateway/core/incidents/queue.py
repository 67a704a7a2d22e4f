"""A lane: the unfinished notices of one incident to one target, oldest first. Pure.

Notices of a lane leave in order, one at a time (promise 4). When newer ones have gathered behind
one that could not be delivered, the newest says it all: each notice carries the whole state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind


@dataclass(frozen=True, slots=True)
class QueueStep:
    """What to do with a lane: send one notice as `kind`, folding or cancelling others.

    `send` is a place in the queue, None when nothing is to be sent. `fold` are places whose
    content is told by the one that is sent; `cancel` places that must not be sent at all.
    """

    send: int | None
    kind: NoticeKind | None = None
    fold: tuple[int, ...] = ()
    cancel: tuple[int, ...] = ()


def next_step(
    kinds: Sequence[NoticeKind], *, notified: bool, each: bool, carries: bool = False
) -> QueueStep:
    """Decide what to send of a lane whose unfinished notices have these kinds, oldest first.

    `notified` says whether the target was ever told that the incident burns. `each` is for targets
    that keep an incident of their own (PagerDuty): they must hear a beginning before what
    follows it. `carries` says whether a beginning was folded into the first one.

    - Who was not told of the beginning is told beginning and end in one late notice (E3), or,
      when the beginning is not in the lane any more, nor told by what is, nothing at all (E5).
    - Else the newest notice is sent, and the older ones are folded into it.
    """
    last = len(kinds) - 1
    speaks = [index for index, kind in enumerate(kinds) if kind in FIRING_KINDS]
    ended = kinds[last] in (NoticeKind.RESOLVED, NoticeKind.LATE)
    if NoticeKind.TEST in kinds:
        return QueueStep(0, kinds[0])
    if not notified and not speaks and not carries and NoticeKind.LATE not in kinds:
        return QueueStep(None, cancel=tuple(range(len(kinds))))
    if not notified and ended:
        return QueueStep(last, NoticeKind.LATE, fold=tuple(range(last)))
    if not notified and each:
        first = speaks[0] if speaks else 0
        return QueueStep(first, kinds[first], cancel=tuple(range(first)))
    return QueueStep(last, kinds[last], fold=tuple(range(last)))

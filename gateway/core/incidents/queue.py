"""A queue: the unfinished notices of one incident to one target, oldest first. Pure.

They are sent in order, one at a time (promise 4). If newer ones wait behind one that could not be
delivered, only the newest is sent, because each notice carries the whole state.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NoticeKind


@dataclass(frozen=True, slots=True)
class QueueStep:
    """What to do with a queue: send one notice as `kind`, fold or cancel others.

    `send` is a position in the queue; None if nothing is sent. `fold` are the positions whose
    content the sent one includes; `cancel` those that must not be sent at all.
    """

    send: int | None
    kind: NoticeKind | None = None
    fold: tuple[int, ...] = ()
    cancel: tuple[int, ...] = ()


def next_step(
    kinds: Sequence[NoticeKind],
    *,
    notified: bool,
    each: bool,
    carries: bool = False,
    end_notified: bool = False,
) -> QueueStep:
    """Decide what to send from a queue whose unfinished notices have these kinds, oldest first.

    `notified` says whether the target was ever notified that the incident fires. `each` is for
    targets that keep an incident of their own (PagerDuty): they must receive a firing notice before
    those that follow it. `carries` says whether a firing notice was folded into the first one.
    `end_notified` says whether what the target was last notified of is the incident's end.

    - A target that was not notified of the firing gets firing and end in one late notice (E3). If
      no firing notice is in the queue or folded into it, the target gets nothing at all (E5).
    - After a reopening that did not reach the target, nothing repeats the end that it was notified
      of; firing again and this end become one late notice. An incident that the target keeps stays
      resolved until a firing notice: any other event would open it again, and nothing resolve it.
    - Otherwise the newest notice is sent, and the older ones are folded into it.
    """
    last = len(kinds) - 1
    firing = [index for index, kind in enumerate(kinds) if kind in FIRING_KINDS]
    ended = kinds[last] in END_KINDS
    fires = bool(firing) or carries or NoticeKind.LATE in kinds
    if NoticeKind.TEST in kinds:
        return QueueStep(0, kinds[0])
    if not notified and not fires:
        return QueueStep(None, cancel=tuple(range(len(kinds))))
    if end_notified and not fires:
        return QueueStep(None, cancel=tuple(range(len(kinds)))) if each else _without_ends(kinds)
    notified = notified and not end_notified
    if not notified and ended:
        return QueueStep(last, NoticeKind.LATE, fold=tuple(range(last)))
    if not notified and each:
        first = firing[0] if firing else 0
        return QueueStep(first, kinds[first], cancel=tuple(range(first)))
    return QueueStep(last, _newest(kinds), fold=tuple(range(last)))


def _without_ends(kinds: Sequence[NoticeKind]) -> QueueStep:
    """Send the newest notice that is no end, such as a comment; cancel the ends."""
    ends = tuple(index for index, kind in enumerate(kinds) if kind in END_KINDS)
    others = [index for index in range(len(kinds)) if index not in ends]
    if not others:
        return QueueStep(None, cancel=ends)
    kind = _newest([kinds[index] for index in others])
    return QueueStep(others[-1], kind, fold=tuple(others[:-1]), cancel=ends)


def _newest(kinds: Sequence[NoticeKind]) -> NoticeKind:
    """Return the kind of the newest notice; an update adds to what waits and never replaces it."""
    others = (kind for kind in reversed(kinds) if kind is not NoticeKind.UPDATE)
    return next(others, NoticeKind.UPDATE)

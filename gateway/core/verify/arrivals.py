"""What reached a target, in the order of a queue."""

from collections.abc import Sequence

from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.core.verify.facts import NOTIFYING_KINDS, NoticeFacts

Queue = Sequence[NoticeFacts]


def last_notified(queue: Queue) -> NoticeFacts | None:
    """Return the last notice by which the target knows of the firing; None if it knows of none."""
    known = [one for one in queue if makes_end_due(one)]
    return known[-1] if known else None


def ends(queue: Queue) -> list[NoticeFacts]:
    """Return the notices of an end in any state."""
    return [one for one in queue if one.kind in END_KINDS]


def arrived_ends(queue: Queue) -> list[NoticeFacts]:
    """Return the notices of an end that arrived."""
    return [one for one in ends(queue) if one.arrived_at is not None]


def says_firing(notice: NoticeFacts) -> bool:
    """Return whether it arrived and says that the incident fires."""
    return notice.kind in FIRING_KINDS and notice.arrived_at is not None


def makes_end_due(notice: NoticeFacts) -> bool:
    """Return whether it arrived and makes another end due: somebody who acknowledged holds it."""
    return notice.kind in NOTIFYING_KINDS and notice.arrived_at is not None


def sent_by_itself(queue: Queue) -> list[NoticeFacts]:
    """Return notices that were sent and not folded, in the order in which they were queued."""
    return [one for one in queue if one.state is NoticeState.SENT and one.sent_at is not None]


def may_have_arrived(queue: Queue, before: int) -> bool:
    """Return whether a notice with a lower id than `before` may have arrived without an answer."""
    return any(
        one.id < before and (one.perhaps or (one.kind in NOTIFYING_KINDS and one.arrived_at))
        for one in queue
    )


def first_end(queue: Queue) -> NoticeFacts | None:
    """Return the first notice that was sent as a resolved one; None if none was.

    A late one says itself that the incident had fired, and so does a digest.
    """
    sent = sent_by_itself(queue)
    return next((one for one in sent if one.kind is NoticeKind.RESOLVED), None)

"""The values of the outbox: a notice that is being sent, and the result of an attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.incidents.message import Receipt
from gateway.core.incidents.notice import NoticeKind, NotifyReason, Subject
from gateway.core.plan.plan import Target

ACCEPTED = "accepted"
"""The outcome of an attempt that the vendor accepted."""

PRINTED = "printed"
"""The outcome of an attempt that was printed on the console and reached nobody."""

PRINTED_TEXT = "printed on the console, not sent"


class NoticeState(StrEnum):
    """The state of a notice. The values are stored and published."""

    PENDING = "pending"
    SENDING = "sending"  # claimed by a replica until its lease ends
    SENT = "sent"
    DEAD = "dead"  # given up; can be replayed
    FOLDED = "folded"  # included in a later notice of its queue, or in a digest
    CANCELLED = "cancelled"  # not needed: acknowledged first, or the firing was never notified


@dataclass(frozen=True, slots=True)
class NewRow:
    """A notice to be stored. `facts` is an index into the list of facts that is stored with it."""

    incident: int | None
    target: Target
    kind: NoticeKind
    reason: NotifyReason
    rank: int
    facts: int
    quiet: bool = field(kw_only=True)
    subject: Subject | None = field(default=None, kw_only=True)  # where there is no incident
    not_before: float | None = field(default=None, kw_only=True)  # Unix seconds; None: at once


@dataclass(frozen=True, slots=True)
class Notice:
    """A claimed notice. `behind` are the later unfinished notices of its queue, oldest first."""

    id: int
    incident: int | None
    target: Target
    kind: NoticeKind
    reason: NotifyReason
    rank: int
    quiet: bool
    created_at: float
    attempts: int
    first_attempt_at: float | None
    perhaps: int  # attempts with unknown outcome: the vendor may have accepted them
    fell_back: bool
    facts: bytes  # JSON
    receipt: Receipt | None = None
    knows_firing: bool = False
    end_notified: bool = False  # what the target was last notified of is the end
    behind: tuple[tuple[int, NoticeKind], ...] = ()
    refused: bool = False  # the vendor refused its content: it is sent in its reduced form
    owner: str = ""  # the replica that it was claimed for
    subject: Subject | None = None  # what it is about where that is no incident


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an attempt. `next_at` is set if the notice stays pending."""

    notice: Notice
    state: NoticeState
    outcome: str  # ACCEPTED, PRINTED, or a Failure's value
    detail: str
    at: float
    seconds: float
    next_at: float | None = None
    perhaps: bool = False
    receipt: Mapping[str, str] | None = None
    knows_firing: bool = False  # the target is notified that the incident fires
    end_notified: bool = False  # it is notified that the incident has ended

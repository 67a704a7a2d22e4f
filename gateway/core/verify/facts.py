"""The facts that promises are checked on, as the store reads them. Instants are Unix seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from gateway.core.alerts.labels import Labels
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind, NotifyReason
from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.plan.target import Target
from gateway.core.time.spans import Span

NOTIFYING_KINDS = FIRING_KINDS | {NoticeKind.ACKNOWLEDGED, NoticeKind.LATE}
"""Kinds after which a target knows that an incident has fired, and must know of its end."""


class Accepts(Protocol):
    """The question whether an account can send such a notice. Any thread."""

    def __call__(self, account_key: str, kind: NoticeKind, *, quiet: bool) -> bool:
        """Return the answer."""


class Entry(NamedTuple):
    """A line of the timeline."""

    at: float
    kind: TimelineKind
    text: str
    data: Mapping[str, Any]


class NoticeFacts(NamedTuple):
    """A notice of an incident.

    `arrived_at` is when it, or the message that it was folded into, was accepted; None: it was not.
    `fold_missing`: what it was folded into does not exist.
    """

    id: int
    target: Target
    kind: NoticeKind
    reason: NotifyReason
    state: NoticeState
    created_at: float
    sent_at: float | None
    arrived_at: float | None
    facts_id: int
    perhaps: int  # attempts that may have arrived although no answer came
    accepted: int  # attempts that the vendor accepted
    fell_back: bool
    folded_into: int | None
    fold_missing: bool
    detail: str


@dataclass(frozen=True)
class IncidentFacts:
    """What is stored of one incident: its state, its timeline, and its notices by id.

    `last_end` is when the last of its alerts ended; None while one has no end. `unnotified` are
    labels of alerts that fire, are not suppressed now, and are in no notification; they are read
    only where the last decision suppressed nothing.
    """

    number: int
    state: State
    opened_at: float
    resolved_at: float | None
    due_at: float | None
    tick_at: float
    respond_by: float | None
    missed_at: float | None
    pending: bool  # a mute or a silence kept something back
    acknowledged: bool
    merged: bool  # into another incident, which notifies
    targets: Sequence[Target]  # those that are notified of its end
    last_end: float | None
    route_id: str = ""
    severity: str = ""
    flushed: bool = False  # whether its group wait is over
    suppressed: bool = False  # the last decision recorded why it does not notify
    unnotified: Sequence[Labels] = ()
    entries: Sequence[Entry] = ()
    notices: Sequence[NoticeFacts] = ()

    @property
    def open(self) -> bool:
        """Whether it is not resolved."""
        return self.state is not State.RESOLVED

    def of_kind(self, *kinds: TimelineKind) -> list[Entry]:
        """Return the entries of these kinds, oldest first."""
        return [entry for entry in self.entries if entry.kind in kinds]

    def opened_again_between(self, start: float, end: float) -> bool:
        """Return whether it was opened again in [start, end], after it had ended for somebody."""
        entries = self.of_kind(TimelineKind.OPENED_AGAIN, TimelineKind.UNMERGED)
        return any(start <= entry.at <= end for entry in entries)

    @cached_property
    def queues(self) -> Mapping[str, Sequence[NoticeFacts]]:
        """The notices by target key."""
        queues: dict[str, list[NoticeFacts]] = {}
        for notice in self.notices:
            queues.setdefault(notice.target.key, []).append(notice)
        return queues


class UnfinishedNotice(NamedTuple):
    """The head of a queue that was due long ago. `next_at`: the next attempt, or the lease's end.

    `account_works`: its account has sent something lately.
    """

    id: int
    incident: int | None
    target: Target
    kind: NoticeKind
    state: NoticeState
    created_at: float
    next_at: float
    first_attempt_at: float | None
    account_works: bool


class StrayAlert(NamedTuple):
    """An alert that belongs to no incident. `ends_at` None: it fires."""

    labels: Mapping[str, str]
    starts_at: float
    ends_at: float | None
    updated_at: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all checks of one run depend on."""

    now: float
    accepts: Accepts
    plan: Plan
    downtimes: Sequence[Span] = field(default_factory=tuple)

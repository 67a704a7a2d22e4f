"""Heads of queues: what is sent of each claimed queue, and what is folded or cancelled."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from gateway.core.incidents.notice import FIRING_KINDS, SILENT_REASONS, NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.queue import QueueStep, next_step
from gateway.core.incidents.retry import Claimant
from gateway.flow.delivery.late_resolves import drop_refired_alerts
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox

NEVER_NOTIFIED = "cancelled: this target was never notified of the firing"
END_NOTIFIED = "cancelled: this target was notified of the end before"
SUPERSEDED = "cancelled: a newer notice includes it"

URGENT = frozenset({NoticeKind.WORSE, NoticeKind.ESCALATION})
"""Kinds that do not wait for a digest, unless the incident has resolved meanwhile."""

SOONEST, LATEST = 1.0, 30.0
"""Seconds after which a notice that waits for a digest is claimed again, at least and at most."""


class Accepts(Protocol):
    """The question whether an account can send such a notice. Any thread."""

    def __call__(self, account_key: str, kind: NoticeKind, *, quiet: bool) -> bool:
        """Return the answer."""


def queue_step_of(notice: Notice, accepts: Accepts, *, carries: bool = False) -> QueueStep:
    """Return the next step of the queue whose head is `notice`; `carries` as for `next_step`."""
    if notice.incident is None:
        return QueueStep(0, notice.kind)
    kinds = [notice.kind, *(kind for _, kind in notice.behind)]
    each = not accepts(notice.target.account_key, NoticeKind.DIGEST, quiet=False)
    return next_step(
        kinds,
        notified=notice.knows_firing,
        each=each,
        carries=carries,
        end_notified=notice.end_notified,
    )


def apply_queue_steps(
    tx: Tx, claimed: Sequence[Notice], accepts: Accepts, now: float, claimant: Claimant
) -> list[ClaimedNotice]:
    """Fold and cancel in the claimed queues; return the notices to send."""
    claimed_notices = []
    for notice in defer_behind_digests(tx, claimed, accepts, now):
        ids = [notice.id, *(other for other, _ in notice.behind)]
        step = queue_step_of(notice, accepts)
        if (step.send is None or notice.end_notified) and carries_firing(tx, notice):
            step = queue_step_of(notice, accepts, carries=True)
        if step.cancel:
            why = _why_cancelled(notice, step)
            outbox.cancel(tx, [ids[index] for index in step.cancel], why)
        if step.send is None:
            continue
        if step.fold:
            outbox.fold(tx, [ids[index] for index in step.fold], ids[step.send])
        chosen = notice
        if step.send != 0:
            lease = outbox.Lease(claimant.name, claimant.until(tx.lease_now))
            chosen = outbox.claim_one(tx, ids[step.send], lease)
            chosen = replace(chosen, behind=notice.behind[step.send :])
        kind = step.kind or chosen.kind
        folded = [ids[index] for index in step.fold]
        if kind is not chosen.kind:
            outbox.change_kind(tx, chosen.id, kind)
            if chosen.kind is NoticeKind.UPDATE:
                chosen = with_reason_of(tx, chosen, kind, folded)
        elif chosen.reason in SILENT_REASONS:
            chosen = with_folded_reason(tx, chosen, folded)
        claimed_notices.append(ClaimedNotice(chosen, kind))
    return drop_refired_alerts(tx, with_refusals(tx, claimed_notices), now)


def _why_cancelled(notice: Notice, step: QueueStep) -> str:
    if notice.end_notified:
        return END_NOTIFIED
    return NEVER_NOTIFIED if step.send is None else SUPERSEDED


def with_refusals(tx: Tx, claimed_notices: Sequence[ClaimedNotice]) -> list[ClaimedNotice]:
    """Return the notices, marked as refused where the vendor refused their content before."""
    tried = [
        claimed_notice.notice.id
        for claimed_notice in claimed_notices
        if claimed_notice.notice.attempts
    ]
    again = outbox.refused_ids(tx, tried) if tried else set()
    return [
        replace(claimed_notice, notice=replace(claimed_notice.notice, refused=True))
        if claimed_notice.notice.id in again
        else claimed_notice
        for claimed_notice in claimed_notices
    ]


def carries_firing(tx: Tx, notice: Notice) -> bool:
    """Return whether a firing notice was folded into a notice, such as an acknowledgement.

    Then only this notice notifies the target of the firing, also when it is retried.
    """
    if notice.incident is None:
        return False
    folded = outbox.notices_in_digest(tx, notice.id, [notice.incident])
    return any(one.kind in FIRING_KINDS or carries_firing(tx, one) for one in folded)


def defer_behind_digests(
    tx: Tx, claimed: Sequence[Notice], accepts: Accepts, now: float
) -> Sequence[Notice]:
    """Return the notices to send now, and postpone those whose firing notice is in a digest.

    A resolved notification that overtook the digest would be contradicted by it (promise 4). An
    urgent notice is not postponed, because a digest that fails must not delay a page (promise 9).
    """
    numbers = {
        notice.incident
        for notice in claimed
        if notice.incident is not None
        and accepts(notice.target.account_key, NoticeKind.DIGEST, quiet=False)
    }
    ahead = outbox.unsent_digests(tx, sorted(numbers)) if numbers else {}
    if not ahead:
        return claimed
    sendable, waiting = [], []
    for notice in claimed:
        key = (notice.incident or 0, notice.target.key)
        kinds = [notice.kind, *(kind for _, kind in notice.behind)]
        pages = URGENT.intersection(kinds) and queue_step_of(notice, accepts).kind in FIRING_KINDS
        if key in ahead and not pages:
            again = min(max(ahead[key], now + SOONEST), now + LATEST)
            waiting.append((notice.id, again))
        else:
            sendable.append(notice)
    outbox.postpone(tx, waiting)
    return sendable


def with_reason_of(tx: Tx, chosen: Notice, kind: NoticeKind, folded: Sequence[int]) -> Notice:
    """Return an update with the reason of the folded notice whose kind it is sent as."""
    for folded_kind, reason in reversed(outbox.reasons(tx, folded)):
        if folded_kind is kind:
            outbox.make_loud(tx, chosen.id, reason)
            return replace(chosen, reason=reason, quiet=False)
    return chosen


def with_folded_reason(tx: Tx, chosen: Notice, folded: Sequence[int]) -> Notice:
    """Return a notice of a silent reason with the reason of what was folded into it.

    A silent reason makes no sound, but a folded notice, such as of new alerts, would have. The
    reason is stored, so it counts when the notice is retried.
    """
    for kind, reason in reversed(outbox.reasons(tx, folded)):
        if kind in FIRING_KINDS and reason not in SILENT_REASONS:
            outbox.make_loud(tx, chosen.id, reason)
            return replace(chosen, reason=reason, quiet=False)
    return chosen

"""Notices from their commit to their last attempt."""

from gateway.store.outbox.attempts import record_attempts, refused_ids
from gateway.store.outbox.cancel import cancel, cancel_kinds, cancel_pages, cancel_queue
from gateway.store.outbox.claims import (
    ClaimFilter,
    Lease,
    claim,
    claim_one,
    expire_all_claims,
    next_due_at,
    release,
)
from gateway.store.outbox.dead import dead_notices, mark_fallback_notified, replay
from gateway.store.outbox.digests import (
    fold,
    notices_in_digest,
    notices_to_digest,
    targets_to_digest,
    unsent_digests,
)
from gateway.store.outbox.enqueue import add
from gateway.store.outbox.recipients import (
    incident_of_thread,
    mark_known,
    notified_since,
    refired_queues,
)
from gateway.store.outbox.revise import (
    change_kind,
    make_loud,
    postpone,
    reasons,
    release_held,
    retry_now,
    retry_queues_now,
)
from gateway.store.outbox.rows import QueueKey
from gateway.store.outbox.waiting import (
    depth,
    find,
    unfinished_by_id,
    unfinished_by_queue,
    waiting_accounts,
)

__all__ = [
    "ClaimFilter",
    "Lease",
    "QueueKey",
    "add",
    "cancel",
    "cancel_kinds",
    "cancel_pages",
    "cancel_queue",
    "change_kind",
    "claim",
    "claim_one",
    "dead_notices",
    "depth",
    "expire_all_claims",
    "find",
    "fold",
    "incident_of_thread",
    "make_loud",
    "mark_fallback_notified",
    "mark_known",
    "next_due_at",
    "notices_in_digest",
    "notices_to_digest",
    "notified_since",
    "postpone",
    "reasons",
    "record_attempts",
    "refired_queues",
    "refused_ids",
    "release",
    "release_held",
    "replay",
    "retry_now",
    "retry_queues_now",
    "targets_to_digest",
    "unfinished_by_id",
    "unfinished_by_queue",
    "unsent_digests",
    "waiting_accounts",
]

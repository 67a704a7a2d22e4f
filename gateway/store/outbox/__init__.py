"""Notices from their commit to their last attempt."""

from gateway.store.outbox.claims import (
    HoldFilter,
    claim,
    claim_one,
    expire_all_claims,
    next_due_at,
    release,
    renew,
    unfinished_by_id,
)
from gateway.store.outbox.digest_candidates import notices_to_digest, targets_to_digest
from gateway.store.outbox.enqueue import add
from gateway.store.outbox.outcomes import (
    cancel,
    cancel_kinds,
    change_kind,
    dead_notices,
    depth,
    fold,
    mark_fallback_notified,
    record_attempts,
    refused_ids,
    replay,
    retry_now,
    retry_queues_now,
)
from gateway.store.outbox.rows import QueueKey, unfinished_by_queue

__all__ = [
    "HoldFilter",
    "QueueKey",
    "add",
    "cancel",
    "cancel_kinds",
    "change_kind",
    "claim",
    "claim_one",
    "dead_notices",
    "depth",
    "expire_all_claims",
    "fold",
    "mark_fallback_notified",
    "next_due_at",
    "notices_to_digest",
    "record_attempts",
    "refused_ids",
    "release",
    "renew",
    "replay",
    "retry_now",
    "retry_queues_now",
    "targets_to_digest",
    "unfinished_by_id",
    "unfinished_by_queue",
]

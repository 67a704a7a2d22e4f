"""One transaction of a sender: record what ended, then claim what is next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from gateway.clock import is_skewed
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Result
from gateway.core.incidents.retry import Claimant
from gateway.core.plan.plan import Plan
from gateway.flow.delivery import holding
from gateway.flow.delivery.digests import fold_digests
from gateway.flow.delivery.outcome import Outcome, record, record_contacts
from gateway.flow.delivery.queue_heads import Accepts, apply_queue_steps
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox


@dataclass(frozen=True, slots=True)
class Round:
    """What a round works on: made by the event loop, read by the writer's thread.

    `limit` is how many notices to claim. `in_flight` are the ids of notices that this process has
    claimed already, also where a lease has run out.
    """

    account_key: str
    plan: Plan
    claimant: Claimant
    accepts: Accepts
    now: float
    outcomes: Sequence[Outcome]
    limit: int
    in_flight: Collection[int]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round stored and claimed; `next_at` is when the next notice is due, if known.

    `contacts_changed`: an address is known not to work, or to work again.
    """

    results: Sequence[Result] = ()
    claimed_notices: Sequence[ClaimedNotice] = ()
    next_at: float | None = None
    holds: holding.Holds = ()
    contacts_changed: bool = False


def run_round(tx: Tx, round_: Round) -> RoundResult:
    """Store the outcomes of attempts that ended, and claim up to `limit` notices."""
    outcomes, now = round_.outcomes, round_.now
    results = record(tx, outcomes, round_.plan, now) if outcomes else []
    contacts_changed = record_contacts(tx, outcomes, round_.plan)
    holds = holding.update_holds(tx, round_.account_key, outcomes, now)
    result = RoundResult(results, holds=holds, contacts_changed=contacts_changed)
    # A replica whose clock is wrong claims nothing: another one does (E55).
    return _claim(tx, round_, result) if round_.limit and not is_skewed(tx.skew) else result


def folds_digests(account_key: str, accepts: Accepts) -> bool:
    """Return whether lesser notices of an account can fold into a digest."""
    return accepts(account_key, NoticeKind.DIGEST, quiet=False)


def _claim(tx: Tx, round_: Round, before: RoundResult) -> RoundResult:
    account_key, plan, now, claimant = (
        round_.account_key,
        round_.plan,
        round_.now,
        round_.claimant,
    )
    if folds_digests(account_key, round_.accepts):
        fold_digests(tx, account_key, plan, now)
    lease_now = tx.lease_now
    lease = outbox.Lease(claimant.name, claimant.until(lease_now))
    skip = holding.claim_filter(before.holds, plan, now, round_.in_flight)
    heads = outbox.claim(tx, account_key, now, round_.limit, lease, skip, lease_now=lease_now)
    claimed_notices = apply_queue_steps(tx, heads, round_.accepts, now, claimant)
    sendable, holds = holding.defer_held(tx, account_key, claimed_notices, before.holds, plan, now)
    if sendable:
        return replace(before, claimed_notices=sendable, holds=holds)
    skip = holding.claim_filter(holds, plan, now, round_.in_flight)
    next_at = outbox.next_due_at(tx, account_key, skip, lease_now - now)
    return replace(before, next_at=next_at, holds=holds)

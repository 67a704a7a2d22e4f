"""Storage of decisions: incidents, members, timeline and notices in one transaction."""

from collections.abc import Mapping, Sequence

import orjson

from gateway.core.decide.result import Decision
from gateway.core.incidents.notice import END_KINDS, NoticeKind
from gateway.core.incidents.outbox import NewRow, Notice
from gateway.core.incidents.retry import Claimant
from gateway.core.incidents.timeline import TimelineKind
from gateway.flow.delivery.queue_heads import URGENT, Accepts
from gateway.store import Tx, outbox
from gateway.store.state import incidents, members, timeline

NO_CALL = "cancelled: it needs no response any more"
OPEN_AGAIN = "cancelled: the incident opened again first"


def save_decisions(
    tx: Tx,
    decisions: Sequence[Decision],
    now: float,
    accepts: Accepts,
    claimant: Claimant | None = None,
    capacity: Mapping[str, int] | None = None,
) -> list[Notice]:
    """Store decisions; return the notices that are claimed already.

    With a claimant they are claimed, where `capacity` of their account allows it.
    """
    incidents.save(tx, [decision.incident for decision in decisions])
    incidents.set_titles(
        tx, [(d.incident.number, d.incident.title) for d in decisions if d.facts is not None]
    )
    members.mark_notified(
        tx,
        [
            (
                number,
                member.alert.identity,
                member.notified,
                member.notified_starts_at,
                member.acked_starts_at,
            )
            for decision in decisions
            # Its alerts are members of it or of incidents that were merged into it.
            for number in (decision.incident.number, *decision.incident.responses.merged)
            for member in decision.members
        ],
    )
    timeline.add(tx, [(d.incident.number, entry) for d in decisions for entry in d.entries])
    return _add_notices(tx, decisions, now, accepts, claimant, capacity)


def _add_notices(
    tx: Tx,
    decisions: Sequence[Decision],
    now: float,
    accepts: Accepts,
    claimant: Claimant | None,
    capacity: Mapping[str, int] | None,
) -> list[Notice]:
    rows: list[NewRow] = []
    facts: list[bytes] = []  # one for each decision: its notices share them
    urgent: dict[tuple[int, str], int] = {}
    for decision in decisions:
        number = decision.incident.number
        notices = [
            n for n in decision.notices if accepts(n.target.account_key, n.kind, quiet=n.quiet)
        ]
        _cancel_calls(tx, decision, accepts)
        if any(entry.kind is TimelineKind.OPENED_AGAIN for entry in decision.entries):
            outbox.cancel_kinds(tx, number, sorted(END_KINDS), OPEN_AGAIN)
        if notices:
            facts.append(orjson.dumps(decision.facts))
        rows += [
            NewRow(
                number,
                n.target,
                n.kind,
                n.reason,
                n.rank,
                len(facts) - 1,
                quiet=n.quiet,
                not_before=n.not_before,
            )
            for n in notices
        ]
        for notice in decision.notices:
            if notice.kind in URGENT:
                urgent[number, notice.target.key] = notice.rank
    if not rows:
        return []
    outbox.retry_queues_now(tx, urgent, now)
    outbox.release_held(tx, [_queue(row) for row in rows if _ends_quiet_hours(row)], now)
    lease = outbox.Lease(claimant.name, claimant.until(tx.lease_now)) if claimant else None
    return outbox.add(tx, rows, facts, now, lease, capacity).claimed


def _cancel_calls(tx: Tx, decision: Decision, accepts: Accepts) -> None:
    """Cancel notices that still wait although they need no response any more.

    Only at accounts that are notified of no end, such as those of calls: elsewhere the notice of
    the end includes them.
    """
    for notice in decision.notices:
        key = notice.target.account_key
        answered = notice.kind is NoticeKind.ACKNOWLEDGED or notice.kind in END_KINDS
        if answered and not accepts(key, NoticeKind.RESOLVED, quiet=False):
            outbox.cancel_queue(tx, decision.incident.number, notice.target.key, NO_CALL)


def _queue(row: NewRow) -> tuple[int, str]:
    return row.incident or 0, row.target.key


def _ends_quiet_hours(row: NewRow) -> bool:
    """Return whether notices that wait for a person's quiet hours must not keep this one back."""
    return row.target.person is not None and row.not_before is None

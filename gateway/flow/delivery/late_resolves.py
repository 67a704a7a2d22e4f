"""An end that is told late, after the group burned again: what it must not say any more.

A webhook's reader knows groups and alerts, as Alertmanager's does, and no incidents: "resolved" of
an episode that is over would be taken for the one that burns, of which it has heard meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gateway.core.decide.facts import without_refired
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.channels import Capability, spec_of
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox
from gateway.store.state import members

ENDS = frozenset({NoticeKind.RESOLVED, NoticeKind.LATE})


def drop_refired_alerts(
    tx: Tx, claimed_notices: Sequence[ClaimedNotice], now: float
) -> list[ClaimedNotice]:
    """Take out of ends what burns again and was told again to the same target.

    An end of which nothing is left is cancelled: what burns will have an end of its own. Else the
    message says what has ended in a group that goes on, as Alertmanager would.
    """
    ends = [
        e
        for e in claimed_notices
        if e.kind in ENDS and not spec_of(e.notice.target.channel).can(Capability.INCIDENT_NUMBERS)
    ]
    numbers = sorted({e.notice.incident for e in ends if e.notice.incident is not None})
    newer = outbox.refired_queues(tx, numbers) if numbers else {}
    if not newer:
        return list(claimed_notices)
    joined = members.by_incident(tx, sorted(set(newer.values())))
    kept = []
    for claimed_notice in claimed_notices:
        notice = claimed_notice.notice
        number = newer.get((notice.incident or 0, notice.target.key))
        if claimed_notice.kind not in ENDS or number is None:
            kept.append(claimed_notice)
            continue
        burning = {m.alert.identity for m in joined[number] if m.notified_firing and m.firing(now)}
        facts = without_refired(orjson.loads(notice.facts), burning)
        if not facts["alerts"]:
            why = f"cancelled: it burns again as #{number}, which this target has heard of"
            outbox.cancel(tx, [notice.id], why)
            continue
        ended = replace(notice, facts=orjson.dumps(facts), reason=NotifyReason.SOME_RESOLVED)
        kept.append(replace(claimed_notice, notice=ended))
    return kept

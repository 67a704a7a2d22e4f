"""Late resolves: what a resolved notification must omit once the group has fired again.

Some channels name groups and alerts but no incidents, as Alertmanager's webhook does. There
"resolved" of an earlier episode would be understood as the end of the present one, which was
notified meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gateway.core.decide.facts import without_refired
from gateway.core.incidents.notice import END_KINDS, NotifyReason
from gateway.core.plan.channels import Capability, spec_of
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox
from gateway.store.state import members


def drop_refired_alerts(
    tx: Tx, claimed_notices: Sequence[ClaimedNotice], now: float
) -> list[ClaimedNotice]:
    """Drop alerts from resolved notices that fired again and were notified to the same target.

    A notice without any alert left is cancelled, because the present episode has its own. Another
    one says which alerts have resolved in a group that is still firing, as Alertmanager would.
    """
    numbers = sorted(
        {
            one.notice.incident
            for one in claimed_notices
            if one.kind in END_KINDS
            and one.notice.incident is not None
            and not spec_of(one.notice.target.channel).can(Capability.INCIDENT_NUMBERS)
        }
    )
    newer = outbox.refired_queues(tx, numbers) if numbers else {}
    if not newer:
        return list(claimed_notices)
    by_incident = members.by_incident(tx, sorted(set(newer.values())))
    remaining = []
    for claimed_notice in claimed_notices:
        notice = claimed_notice.notice
        number = newer.get((notice.incident or 0, notice.target.key))
        if claimed_notice.kind not in END_KINDS or number is None:
            remaining.append(claimed_notice)
            continue
        refired = {
            member.alert.identity
            for member in by_incident[number]
            if member.notified_firing and member.firing(now)
        }
        facts = without_refired(orjson.loads(notice.facts), refired)
        if not facts["alerts"]:
            why = f"cancelled: this target was notified that it fires again, as #{number}"
            outbox.cancel(tx, [notice.id], why)
            continue
        partial = replace(notice, facts=orjson.dumps(facts), reason=NotifyReason.SOME_RESOLVED)
        remaining.append(replace(claimed_notice, notice=partial))
    return remaining

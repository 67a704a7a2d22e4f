"""An end that is told late, after the group burned again: what it must not say any more.

A webhook's reader knows groups and alerts, as Alertmanager's does, and no incidents: "resolved" of
an episode that is over would be taken for the one that burns, of which it has heard meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gateway.core.decide.facts import without_burning
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.flow.runtime.errand import Errand
from gateway.store import Tx, outbox
from gateway.store.outbox import undelivered
from gateway.store.state import members

KNOWS_NO_INCIDENTS = frozenset({"webhook"})
"""Channels whose messages name the group; all others show which incident it is."""

ENDS = frozenset({NoticeKind.RESOLVED, NoticeKind.LATE})


def mind_what_burns(tx: Tx, errands: Sequence[Errand], now: float) -> list[Errand]:
    """Take out of ends what burns again and was told again to the same target.

    An end of which nothing is left is cancelled: what burns will have an end of its own. Else the
    message says what has ended in a group that goes on, as Alertmanager would.
    """
    ends = [e for e in errands if e.kind in ENDS and e.notice.target.channel in KNOWS_NO_INCIDENTS]
    numbers = sorted({e.notice.incident for e in ends if e.notice.incident is not None})
    newer = undelivered.refired_queues(tx, numbers) if numbers else {}
    if not newer:
        return list(errands)
    joined = members.by_incident(tx, sorted(set(newer.values())))
    kept = []
    for errand in errands:
        notice = errand.notice
        number = newer.get((notice.incident or 0, notice.target.key))
        if errand.kind not in ENDS or number is None:
            kept.append(errand)
            continue
        burning = {m.alert.identity for m in joined[number] if m.notified_firing and m.firing(now)}
        facts = without_burning(orjson.loads(notice.facts), burning)
        if not facts["alerts"]:
            why = f"cancelled: it burns again as #{number}, which this target has heard of"
            outbox.cancel(tx, [notice.id], why)
            continue
        ended = replace(notice, facts=orjson.dumps(facts), reason=NotifyReason.SOME_RESOLVED)
        kept.append(replace(errand, notice=ended))
    return kept

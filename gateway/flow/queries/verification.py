"""Verification of stored history: read in pages beside the other readers, and checked."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.clock import monotonic
from gateway.core.alerts.labels import Labels
from gateway.core.plan.plan import Plan
from gateway.core.time.spans import Span
from gateway.core.verify.facts import Accepts, Circumstances, IncidentFacts
from gateway.core.verify.outbox import check_unfinished
from gateway.core.verify.stray_alerts import stray_alert
from gateway.core.verify.unnotified_alerts import may_have_unnotified
from gateway.core.verify.verification import Tally, Verification
from gateway.flow.queries.mute_snapshot import MuteSnapshot
from gateway.store import Store, Tx
from gateway.store.queries.verification import (
    AlertPages,
    IncidentPages,
    overdue_notices,
    unnotified_alerts,
)
from gateway.store.state import downtimes, retention

SHARE = 0.5
"""Share of the time for which it works: between two pages it waits, so that intake and pages keep
their speed on one processor. Higher is faster."""

Mutes = Callable[[Tx], MuteSnapshot]
"""(tx): returns what is silenced and inhibited now."""


class Reading(NamedTuple):
    """What the history alone does not say: which notices channels accept, the plan, the mutes."""

    accepts: Accepts
    plan: Plan
    mutes: Mutes


Pause = Callable[[float], Awaitable[None]]
"""(seconds): waits."""


async def verify(
    store: Store, reading: Reading, span: Span, now: float, pause: Pause = asyncio.sleep
) -> Verification:
    """Check every promise on what is stored of a span (Unix seconds). Raises StoreUnavailableError.

    The span has the incidents that were open at any time of it, with everything that belongs to
    them until now, and the alerts that fire now or ended since its start. Each page is one short
    read of one snapshot. The outbox is checked as it is now.
    """

    def read_circumstances(tx: Tx) -> tuple[float | None, Sequence[Span]]:
        return retention.deleted_before(tx), downtimes.between(tx, 0.0, now)

    deleted_before, known = await store.read(read_circumstances)
    circumstances = Circumstances(now, reading.accepts, reading.plan, known)
    tally = Tally()
    incidents = IncidentPages(span)

    def check_incidents(tx: Tx) -> None:
        page = incidents.next_page(tx)
        for incident in _with_unnotified(tx, page, reading.mutes, now):
            tally.add_incident(incident, circumstances)

    await _read_pages(store, check_incidents, lambda: incidents.finished, pause)
    alerts = AlertPages(span.start, now)

    def check_alerts(tx: Tx) -> None:
        strays = alerts.next_page(tx, deleted_before)
        tally.add(stray_alert(one) for one in strays if one.starts_at < span.end)

    await _read_pages(store, check_alerts, lambda: alerts.finished, pause)
    tally.alerts = alerts.count

    def check_outbox(tx: Tx) -> None:
        for notice in overdue_notices(tx, now):
            tally.add(check_unfinished(notice, circumstances))

    await store.read(check_outbox)
    missing = deleted_before is not None and deleted_before > span.start
    return Verification(
        span,
        now,
        tally.alerts,
        tally.incidents,
        tally.notices,
        dict(tally.missing),
        tuple(tally.broken),
        deleted_before if missing else None,
        tuple(one for one in known if one.end > span.start and one.start < span.end),
    )


def _with_unnotified(
    tx: Tx, page: Sequence[IncidentFacts], mutes: Mutes, now: float
) -> Sequence[IncidentFacts]:
    """Return the incidents with their alerts that should have been notified."""
    numbers = [one.number for one in page if may_have_unnotified(one)]
    if not numbers:
        return page
    unnotified = unnotified_alerts(tx, numbers, now)
    if not unnotified:
        return page
    snapshot = mutes(tx)
    visible = {
        number: [labels for labels in several if not _is_suppressed(snapshot, labels)]
        for number, several in unnotified.items()
    }
    return [replace(one, unnotified=visible.get(one.number, ())) for one in page]


def _is_suppressed(snapshot: MuteSnapshot, labels: Labels) -> bool:
    return bool(snapshot.silenced_by(labels)) or snapshot.inhibited_by(labels) is not None


async def _read_pages(
    store: Store, read: Callable[[Tx], None], finished: Callable[[], bool], pause: Pause
) -> None:
    """Read page after page, and pause after each for as long as `SHARE` asks."""
    while not finished():
        began = monotonic()
        await store.read(read)
        await pause((monotonic() - began) * (1.0 / SHARE - 1.0))

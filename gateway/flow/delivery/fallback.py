"""Fallback: who is notified instead of a target that could not be reached (E15)."""

from dataclasses import replace

import orjson

from gateway.core.decide.facts import build_facts
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind, NotifyReason
from gateway.core.incidents.outbox import NewRow, Notice
from gateway.core.incidents.retry import Failure
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan, Receiver
from gateway.core.plan.recipients import fallback_of, receiver_of, targets_for
from gateway.core.plan.target_name import target_name
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox
from gateway.store.state import incidents, members, timeline


def fall_back_after(
    tx: Tx, claimed_notice: ClaimedNotice, failure: Failure, plan: Plan, now: float
) -> bool:
    """Notify the fallback receiver of what did not reach its target, once for each notice.

    The notices of a digest are sent to it for each incident; where they are many, they fold into a
    digest again. Returns False if the fallback was notified before.
    """
    notice = notice_to_replace(tx, claimed_notice)
    if notice is None:
        return False
    outbox.mark_fallback_notified(tx, sorted({claimed_notice.notice.id, notice.id}))
    kind = claimed_notice.kind if notice is claimed_notice.notice else notice.kind
    note = f"{target_name(notice.target)} could not be reached ({failure})"
    if notice.kind is NoticeKind.DIGEST:
        lines = orjson.loads(notice.facts).get("digest", ())
        numbers = [line["incident"] for line in lines]
        for folded in outbox.notices_in_digest(tx, notice.id, numbers):
            if folded.kind in FIRING_KINDS:
                _notify_fallback(tx, folded, note, plan, now)
    elif kind in FIRING_KINDS:
        _notify_fallback(tx, notice, note, plan, now)
    return True


def fall_back_from_bounce(
    tx: Tx, notice: Notice, plan: Plan, now: float, why: str = "the message came back"
) -> None:
    """Notify the fallback receiver of a message that was accepted and did not arrive, once."""
    if notice.fell_back or notice.kind not in FIRING_KINDS:
        return
    outbox.mark_fallback_notified(tx, [notice.id])
    note = f"{target_name(notice.target)} could not be reached ({why})"
    _notify_fallback(tx, notice, note, plan, now)


def notice_to_replace(tx: Tx, claimed_notice: ClaimedNotice) -> Notice | None:
    """Return the newest firing notice of a queue, None if its fallback was notified.

    The queue is read again: what became worse since the claim must not wait for the fallback of
    the older notice.
    """
    notice = claimed_notice.notice
    if notice.incident is None:
        return None if notice.fell_back else notice
    key = (notice.incident, notice.target.key)
    queue = outbox.unfinished_by_queue(tx, [notice.incident]).get(key, [])
    firing = [id_ for id_, kind in queue if id_ > notice.id and kind in FIRING_KINDS]
    newest = outbox.unfinished_by_id(tx, firing[-1:])[0] if firing else notice
    return None if newest.fell_back else newest


def _notify_fallback(tx: Tx, notice: Notice, note: str, plan: Plan, now: float) -> None:
    """Notify the targets of the fallback receiver that were not notified since the notice.

    Nothing is sent where the incident was acknowledged since then.
    """
    incident = incidents.get(tx, notice.incident) if notice.incident is not None else None
    if incident is None or (incident.ack and incident.ack.at >= notice.created_at):
        return
    fallback = fallback_of(plan, receiver_of(plan, incident.receiver))
    notified = outbox.notified_since(tx, incident.number, notice.created_at)
    kind, facts = notice.kind, orjson.loads(notice.facts)
    labels = {**facts["common_labels"], **incident.group_labels}
    targets = [one for one in targets_for(fallback, labels) if one.key not in notified]
    if not targets:
        timeline.add(tx, [(incident.number, _not_replaced(fallback, notice, now))])
        return
    if not incident.open:  # it resolved meanwhile, and no resolved notice follows
        resolved = members.by_incident(tx, [incident.number])[incident.number]
        kind, facts = NoticeKind.LATE, build_facts(incident, resolved, plan, now)
    facts["note"] = note
    rows = [
        NewRow(incident.number, target, kind, NotifyReason.FALLBACK, notice.rank, 0, quiet=False)
        for target in targets
    ]
    outbox.add(tx, rows, [orjson.dumps(facts)], now)
    targets_by_key = {**incident.notified_targets, **{target.key: target for target in targets}}
    incidents.save(tx, [replace(incident, notified_targets=targets_by_key)])
    name = target_name(notice.target)
    text = f"to receiver {fallback.name}, because {name} could not be reached"
    entry = TimelineEntry(now, TimelineKind.FELL_BACK, text, {"notice": notice.id})
    timeline.add(tx, [(incident.number, entry)])


def _not_replaced(fallback: Receiver, notice: Notice, now: float) -> TimelineEntry:
    """Return the timeline's entry for a failed target without a further one to notify.

    Targets of the fallback that have messages of their own may fail too; they have own entries.
    """
    name, data = target_name(notice.target), {"notice": notice.id}
    if all(target.key == notice.target.key for target in fallback.targets):
        text = (
            f"receiver {fallback.name} has no other targets: nobody is notified in place of {name}"
        )
        return TimelineEntry(now, TimelineKind.STEP_EMPTY, text, data)
    text = (
        f"nothing more to send in place of {name}: receiver {fallback.name} has messages of its own"
    )
    return TimelineEntry(now, TimelineKind.FELL_BACK, text, data)

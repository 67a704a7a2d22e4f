"""The reminder of a person whose acknowledgement will expire soon."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.personal import first_targets
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.holder_reminder import reminder_at
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.time.timestamps import local_minute


def remind_holder(ev: Evaluation) -> None:
    """Remind the holder once for each expiry, by the contacts that were notified before.

    Not in quiet hours unless it is urgent: a reminder that waits for their end comes too late. Not
    while it is muted or silenced, because then the expiry notifies nobody either.
    """
    ack, draft = ev.draft.ack, ev.draft
    at = reminder_at(ack, draft.responses)
    if ack is None or at is None or ev.now < at - EARLY:
        return
    draft.responses = replace(draft.responses, reminded_of=ack.expires_at)
    person = ev.plan.people.get(ack.by)
    if person is None or not ev.visible or ev.muted or ev.now >= ack.expires_at - EARLY:
        return
    if person.quiet_until(ev.now, urgent=ev.urgent) is not None:
        return
    reason = NotifyReason.ACK_EXPIRES
    known = [one for one in draft.notified_targets.values() if one.person == ack.by]
    expires = local_minute(ack.expires_at, ev.plan.business_hours.zone)
    ev.note = f"the acknowledgement by {person.name} expires at {expires}, and others are paged"
    if known:
        ev.notify(known, TRANSITIONS[draft.state, reason].kind, reason)
    else:
        ev.notify(first_targets(ev, ack.by), NoticeKind.FIRING, reason)
    ev.reasons.append(reason)

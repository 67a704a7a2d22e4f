"""An incident that was resolved by hand opens again, because its alerts still fire."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.notify import change_state, notify_group
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.time.timestamps import format_duration


def reopen_if_firing(ev: Evaluation) -> None:
    """Open the incident again if its alerts still fire when the time after a resolution is over."""
    closing = ev.draft.responses.closing
    if closing is None or ev.now < closing.reopen_at - EARLY:
        return
    if not ev.firing:
        ev.draft.responses = replace(ev.draft.responses, closing=None)
        return
    by, after = ev.plan.name_of(closing.by), format_duration(round(ev.now - closing.at))
    count = len(ev.firing)
    alerts = "1 alert fires" if count == 1 else f"{count} alerts fire"
    open_again(ev, f"{by} resolved it, but {alerts} still after {after}")


def open_again(ev: Evaluation, why: str, **data: object) -> None:
    """Enter the firing state again, and notify the group, or later what is suppressed now."""
    draft, reason = ev.draft, NotifyReason.REOPENED
    draft.responses = replace(draft.responses, closing=None)
    draft.resolved_at = None
    draft.missed_at = None
    ev.note = why
    ev.record(TimelineKind.OPENED_AGAIN, why, **data)
    if ev.visible and not ev.muted:
        notify_group(ev, reason)
        return
    change_state(ev, TRANSITIONS[draft.state, reason])
    draft.notification_pending = True
    if ev.muted:
        ev.suppress(ev.muted)
    else:
        ev.suppress(*dict.fromkeys(ev.suppressed[m.alert.identity] for m in ev.firing))

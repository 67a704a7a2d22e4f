"""The end of an incident: everyone who was notified of it is notified that it is resolved."""

from gateway.core.decide.escalation import move_escalation
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.flapping import is_calm
from gateway.core.decide.notify import change_state
from gateway.core.decide.personal import move_rules
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.timeline import TimelineKind


def resolve_unless_flapping(ev: Evaluation) -> None:
    """Resolve, but the end of a group that flaps only once it has been calm (E36)."""
    last = max((m.alert.ends_at or ev.now for m in ev.members), default=ev.now)
    if ev.flaps and ev.draft.notified_targets and ev.members:
        if not is_calm(ev, last):
            ev.suppress(Suppression(SuppressReason.FLAPPING_END))
            return
        ev.note = ev.plan.flapping.words(ev.draft.beginnings, ev.now, quiet=False)
    resolve(ev)


def only_suppressed_alerts_fire(ev: Evaluation) -> bool:
    """Return whether all notified alerts ended, and those that fire are all suppressed (E4).

    The incident is resolved then, and the firing alerts open one of their own (`Decision.left`):
    the end does not wait for a silence over something else. A group that flaps must be calm.
    """
    if not (ev.ended and ev.draft.notified_targets) or ev.visible:
        return False
    if any(m.resolve_pending for m in ev.firing):
        return False
    last = max(m.alert.ends_at or ev.now for m in ev.ended)
    return not ev.flaps or is_calm(ev, last)


def resolve(ev: Evaluation) -> None:
    """Resolve the incident and notify everyone who was notified of it, muted or silenced or not."""
    draft = ev.draft
    targets = list(draft.notified_targets.values())
    reason = NotifyReason.RESOLVED
    if not ev.members:  # a reload gave its alerts to other routes
        reason = NotifyReason.MOVED
        ev.note = "its alerts are handled by another route since routes.yaml was reloaded"
    elif any(m.alert.timeout and not m.firing(ev.now) for m in ev.members):
        timeout = "its source stopped reporting it and did not say that it is resolved"
        ev.note = f"{ev.note}; {timeout}" if ev.note else timeout
    ev.reasons.append(reason if targets else SuppressReason.RESOLVED_EARLY)
    ev.mark_notified()
    transition = TRANSITIONS[draft.state, reason]
    if targets:
        ev.notify(targets, transition.kind, reason)
        text = f"{reason.value}: {len(targets)} notified"
    elif draft.notified_at is None:
        text = "before the first notification"
    else:
        text = "nobody had been notified"
    ev.record(TimelineKind.RESOLVED, text)
    change_state(ev, transition)
    move_escalation(ev, transition.escalation)
    move_rules(ev, transition.rules)
    ends = (m.alert.ends_at or ev.now for m in ev.members if not m.firing(ev.now))
    draft.resolved_at = max(ends, default=ev.now)

"""Flapping's part of an evaluation (E36): notified at once, then at intervals, until it is calm."""

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.notify import notify_group
from gateway.core.incidents.incident import NotifiedState
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason


def count_beginnings(ev: Evaluation) -> None:
    """Count a firing of an alert whose earlier firing was notified as another beginning (E36)."""
    starts = [m.alert.starts_at for m in ev.fresh if m.notified is not NotifiedState.NONE]
    beginnings, flapping = ev.draft.beginnings, ev.plan.flapping
    if flapping.times and starts and max(starts) > max(beginnings, default=0.0):
        ev.draft.beginnings = flapping.recent((*beginnings, max(starts)), ev.now)
        ev.classify()


def add_flapping_note(ev: Evaluation) -> None:
    """Say in the next notification that the group flaps, if it does."""
    if ev.flaps:
        flapping, beginnings = ev.plan.flapping, ev.draft.beginnings
        ev.note = flapping.words(beginnings, ev.now, quiet=_is_batched(ev))
        ev.draft.flapping_notified_at = ev.now


def notify_flapping(ev: Evaluation) -> None:
    """Notify changes of a flapping group together; urgent ones at once (E36)."""
    last = ev.draft.flapping_notified_at
    if _is_batched(ev) and last is not None and ev.now < last + ev.plan.flapping.every - EARLY:
        ev.suppress(Suppression(SuppressReason.FLAPPING))
    elif ev.fresh or _is_batched(ev):
        add_flapping_note(ev)
        notify_group(ev, NotifyReason.FLAPPING)
    else:
        notify_some_resolved(ev)


def notify_some_resolved(ev: Evaluation) -> None:
    """Notify that alerts ended while others fire, unless no target is notified of ends."""
    recipients = ev.group_recipients()
    if recipients.people or any(target.send_resolved for target in recipients.targets):
        notify_group(ev, NotifyReason.SOME_RESOLVED, quiet=ev.draft.ack is not None)
    else:
        ev.mark_notified()


def is_calm(ev: Evaluation, last_end: float) -> bool:
    """Return whether nothing of a group that flaps has changed for its `calm_after`."""
    return ev.now >= last_end + ev.plan.flapping.calm_after - EARLY


def _is_batched(ev: Evaluation) -> bool:
    """Return whether the changes of the group are notified together; never urgent ones."""
    return ev.flaps and ev.severity.rank > ev.plan.urgent_rank

"""Actions that follow from a vendor's event: done once, and not sent back to their origin."""

from dataclasses import replace

from gateway.core.actions.table import ActionName
from gateway.core.decide.result import Decision
from gateway.core.errors import GatewayError
from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NewNotice
from gateway.core.incidents.vendor_event import Cause
from gateway.store import Tx, outbox
from gateway.store.state import callback_events


class RepeatedEventError(GatewayError):
    """The event was acted upon before, perhaps by another replica."""


def record_cause(tx: Tx, cause: Cause, number: int, name: ActionName, now: float) -> None:
    """Store that an event leads to an action on an incident, in the action's own transaction.

    Raises RepeatedEventError if that is stored already.
    """
    event = f"{cause.event}#{number}"
    if not callback_events.is_new_event(tx, cause.account, event, now, name.value):
        raise RepeatedEventError("this event was acted upon before")


def without_origin(decision: Decision, cause: Cause) -> Decision:
    """Omit the notice to the account whose vendor has just said the same.

    Where the incident has several targets at that account, the event does not say which of them
    it comes from: all are notified, because the others do not know. The vendor ignores a state
    that holds already.
    """
    origin = _to_origin(decision, cause)
    notices = tuple(one for one in decision.notices if one not in origin)
    return replace(decision, notices=notices)


def record_what_origin_knows(tx: Tx, decision: Decision, cause: Cause) -> None:
    """Count the event's own target as notified of what `without_origin` omits.

    An incident that was opened again at the vendor is open there, so its next end is due there.
    """
    for notice in _to_origin(decision, cause):
        if notice.kind in FIRING_KINDS or notice.kind in END_KINDS:
            ended = notice.kind in END_KINDS
            outbox.mark_known(tx, decision.incident.number, notice.target, ended=ended)


def _to_origin(decision: Decision, cause: Cause) -> list[NewNotice]:
    known = decision.incident.notified_targets.values()
    targets = {one.key for one in known if one.account_key == cause.origin}
    if not cause.origin or len(targets) != 1:
        return []
    return [one for one in decision.notices if one.target.key in targets]
